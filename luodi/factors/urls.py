"""Addresses of factors."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.factors import book_views, plan_views, pool_views, project_views, workbook_views

app_name = "factors"
urlpatterns = [
    path("", book_views.cockpit, name="cockpit"),
    path("export/", workbook_views.export, name="export"),
    path("import/", workbook_views.load, name="import"),
    path("month/", book_views.month, name="month"),
    path("factor/<slug:code>/", book_views.factor, name="factor"),
    path("parks/<slug:unit>/", book_views.park, name="park"),
    path("pools/new/", pool_views.open_pool, name="open"),
    path("pools/<int:pk>/", pool_views.pool, name="pool"),
    path("pools/<int:pk>/supply/", pool_views.supply, name="supply"),
    path("pools/<int:pk>/work/", pool_views.propose, name="propose"),
    path("supplies/<int:pk>/", pool_views.change_supply, name="change_supply"),
    path("works/<int:pk>/", pool_views.change_work, name="change_work"),
    path("projects/<int:pk>/", project_views.project, name="project"),
    path("projects/<int:pk>/panel/", project_views.panel, name="panel"),
    path("projects/<int:pk>/demand/", project_views.demand, name="demand"),
    path("projects/<int:pk>/hold/", project_views.hold, name="hold"),
    path("demands/<int:pk>/withdraw/", project_views.withdraw, name="withdraw"),
    path("reservations/<int:pk>/", project_views.change, name="change"),
    path("plans/", plan_views.plans, name="plans"),
    path("plans/compare/", plan_views.compare, name="compare"),
    path("plans/<int:pk>/", plan_views.plan, name="plan"),
    path("plans/<int:pk>/progress/", plan_views.progress, name="progress"),
    path("plans/<int:pk>/stop/", plan_views.stop, name="stop"),
    path("plans/<int:pk>/adopt/", plan_views.adopt, name="adopt"),
]

register_routes(
    {
        "factors:cockpit": "factors.book.view",
        "factors:export": "factors.book.view",
        "factors:import": "factors.book.view",
        "factors:month": "factors.book.view",
        "factors:factor": "factors.book.view",
        "factors:park": "factors.book.view",
        "factors:open": "factors.supply.write",
        "factors:pool": "factors.book.view",
        "factors:supply": "factors.supply.write",
        "factors:propose": "factors.supply.write",
        "factors:change_supply": "factors.supply.write",
        "factors:change_work": "factors.supply.write",
        "factors:project": "factors.book.view",
        "factors:panel": "factors.book.view",
        "factors:demand": "factors.demand.write",
        "factors:hold": "factors.reservation.hold",
        "factors:withdraw": "factors.demand.write",
        "factors:change": "factors.book.view",
        "factors:plans": "factors.book.view",
        "factors:compare": "factors.book.view",
        "factors:plan": "factors.book.view",
        "factors:progress": "factors.book.view",
        "factors:stop": "factors.plan.ask",
        "factors:adopt": "factors.plan.adopt",
    }
)
