"""Addresses of the dashboards. The cockpit is the start page."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.dashboards import turning, views

urlpatterns = [
    path("", views.cockpit, name="cockpit"),
    path("snapshot/", views.take_snapshot, name="take_snapshot"),
    path("projects/", views.projects, name="projects"),
    path("projects/export/", views.projects_export, name="projects_export"),
    path("projects/views/", views.save_view, name="save_view"),
    path("projects/views/<int:pk>/delete/", views.delete_view, name="delete_view"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("projects/<int:pk>/net/", views.decide_net, name="decide_net"),
    path("projects/<int:pk>/turn/", turning.turn, name="turn"),
    path("projects/<int:pk>/assign/", views.assign, name="assign"),
    path("projects/<int:pk>/assign/<int:assignment>/end/", views.unassign, name="unassign"),
]

register_routes(
    {
        "cockpit": "dashboards.cockpit.view",
        "take_snapshot": "snapshots.snapshot.take",
        "projects": "projects.project.view",
        "projects_export": "projects.project.export",
        "save_view": "projects.project.view",
        "delete_view": "projects.project.view",
        "project": "projects.project.view",
        "decide_net": "projects.net.decide",
        "turn": "projects.stage.report",
        "assign": "projects.project.assign",
        "unassign": "projects.project.assign",
    }
)
