"""Address of the log."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.audit import views

app_name = "audit"
urlpatterns = [path("", views.entries, name="entries")]

register_routes({"audit:entries": "audit.entry.view"})
