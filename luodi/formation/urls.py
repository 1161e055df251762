"""Addresses of the formation."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.formation import views

app_name = "formation"
urlpatterns = [
    path("", views.formation, name="formation"),
    path("export/", views.export, name="export"),
    path("moves/", views.moves, name="moves"),
    path("moves/export/", views.moves_export, name="moves_export"),
]

register_routes(
    {
        "formation:formation": "formation.table.view",
        "formation:export": "formation.table.view",
        "formation:moves": "formation.table.view",
        "formation:moves_export": "formation.table.view",
    }
)
