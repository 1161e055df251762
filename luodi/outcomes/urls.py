"""Addresses of the outcomes."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.outcomes import sheet_views, views

app_name = "outcomes"
urlpatterns = [
    path("", views.outcomes, name="page"),
    path("projects/", views.projects, name="projects"),
    path("export/", views.export, name="export"),
    path("spells/", views.spells, name="spells"),
    path("sheet/", sheet_views.sheet, name="sheet"),
    path("sheet/rows/", sheet_views.rows, name="rows"),
    path("sheet/export/", sheet_views.sheet_export, name="sheet_export"),
    path("unit/", sheet_views.unit, name="unit"),
    path("ranking/", sheet_views.ranking, name="ranking"),
    path("suppose/", sheet_views.suppose, name="suppose"),
    path("published/", sheet_views.published_figures, name="published"),
]

register_routes(
    {
        "outcomes:page": "outcomes.outcome.view",
        "outcomes:projects": "outcomes.outcome.view",
        "outcomes:export": "outcomes.outcome.view",
        "outcomes:spells": "outcomes.outcome.view",
        "outcomes:sheet": "outcomes.sheet.view",
        "outcomes:rows": "outcomes.sheet.view",
        "outcomes:sheet_export": "outcomes.sheet.view",
        "outcomes:unit": "outcomes.sheet.view",
        "outcomes:published": "outcomes.sheet.view",
        "outcomes:ranking": "outcomes.ranking.view",
        "outcomes:suppose": "outcomes.suppose.view",
    }
)
