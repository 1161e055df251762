"""Addresses of the outcomes."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.outcomes import views

app_name = "outcomes"
urlpatterns = [
    path("", views.outcomes, name="page"),
    path("projects/", views.projects, name="projects"),
    path("export/", views.export, name="export"),
    path("spells/", views.spells, name="spells"),
]

register_routes(
    {
        "outcomes:page": "outcomes.outcome.view",
        "outcomes:projects": "outcomes.outcome.view",
        "outcomes:export": "outcomes.outcome.view",
        "outcomes:spells": "outcomes.outcome.view",
    }
)
