"""Addresses of jobs: how far, and stop."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.jobs import views

app_name = "jobs"
urlpatterns = [
    path("<int:pk>/", views.progress, name="progress"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
]

register_routes({"jobs:progress": "jobs.job.view", "jobs:cancel": "jobs.job.cancel"})
