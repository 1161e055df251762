"""Addresses of the reserve."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.reserve import views

app_name = "reserve"
urlpatterns = [
    path("", views.board, name="board"),
    path("export/", views.export, name="export"),
    path("bulk/", views.bulk_edit, name="bulk"),
    path("ideas/new/", views.idea, name="idea"),
    path("pools/", views.pools, name="pools"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("projects/<int:pk>/move/", views.move, name="move"),
    path("projects/<int:pk>/tick/", views.tick, name="tick"),
    path("projects/<int:pk>/readiness/", views.readiness, name="readiness"),
    path("projects/<int:pk>/key/", views.key, name="key"),
]

register_routes(
    {
        "reserve:board": "reserve.board.view",
        "reserve:export": "reserve.board.view",
        "reserve:bulk": "projects.stage.report",
        "reserve:idea": "reserve.idea.create",
        "reserve:pools": "reserve.board.view",
        "reserve:project": "reserve.board.view",
        "reserve:move": "projects.stage.report",
        "reserve:tick": "reserve.packaging.write",
        "reserve:readiness": "reserve.packaging.write",
        "reserve:key": "reserve.key.decide",
    }
)
