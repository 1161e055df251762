"""Address of the log."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.audit import views

app_name = "audit"
urlpatterns = [path("", views.entries, name="entries"), path("<int:pk>/", views.entry, name="entry")]

register_routes({"audit:entries": "audit.entry.view", "audit:entry": "audit.entry.view"})
