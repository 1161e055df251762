"""Addresses of contribution."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.contribution import views

app_name = "contribution"
urlpatterns = [
    path("", views.table, name="table"),
    path("export/", views.export, name="export"),
    path("ends/", views.unstated, name="worklist"),
    path("projects/<int:pk>/", views.panel, name="panel"),
    path("projects/<int:pk>/ends/", views.ends, name="ends"),
    path("projects/<int:pk>/state/", views.state, name="state"),
    path("projects/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("projects/<int:pk>/verify/", views.verify, name="verify"),
]

register_routes(
    {
        "contribution:table": "contribution.table.view",
        "contribution:export": "contribution.table.view",
        "contribution:worklist": "contribution.table.view",
        "contribution:panel": "contribution.table.view",
        "contribution:ends": "contribution.statement.write",
        "contribution:state": "contribution.statement.write",
        "contribution:withdraw": "contribution.statement.write",
        "contribution:verify": "contribution.delivery.verify",
    }
)
