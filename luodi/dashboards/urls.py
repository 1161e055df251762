"""Addresses of the dashboards. The cockpit is the start page."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.dashboards import parties, register_views, turning, views

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
    path("projects/<int:pk>/submit/", register_views.submit_project, name="submit_project"),
    path("projects/<int:pk>/change/", register_views.change_project, name="change_project"),
    path("projects/<int:pk>/progress/", register_views.state_progress, name="state_progress"),
    path("projects/<int:pk>/doubt/", register_views.raise_doubt, name="raise_doubt"),
    path("changes/", register_views.changes, name="changes"),
    path("changes/<int:pk>/review/", register_views.review_change, name="review_change"),
    path("changes/<int:pk>/withdraw/", register_views.withdraw_change, name="withdraw_change"),
    path("doubts/", register_views.doubts, name="doubts"),
    path("doubts/<int:pk>/decide/", register_views.decide_pair, name="decide_pair"),
    path("rates/", register_views.rates, name="rates"),
    path("parties/", parties.parties, name="parties"),
    path("parties/<int:pk>/", parties.party, name="party"),
    path("parties/<int:pk>/state/", parties.state_of_party, name="state_of_party"),
    path("parties/<int:pk>/withdraw/", parties.withdraw_of_party, name="withdraw_of_party"),
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
        "submit_project": "projects.project.submit",
        "change_project": "projects.project.edit",
        "state_progress": "projects.project.edit",
        "raise_doubt": "projects.pair.raise",
        "changes": "projects.change.view",
        "review_change": "projects.change.review",
        "withdraw_change": "projects.project.edit",
        "doubts": "projects.pair.view",
        "decide_pair": "projects.pair.decide",
        "rates": "projects.rate.enter",
        "parties": "organizations.party.view",
        "party": "organizations.party.view",
        "state_of_party": "organizations.party.write",
        "withdraw_of_party": "organizations.party.write",
    }
)
