"""Addresses of the checks."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.checks import views

app_name = "checks"
urlpatterns = [
    path("", views.findings, name="findings"),
    path("projects/<int:pk>/", views.panel, name="panel"),
    path("projects/<int:pk>/answer/", views.answer, name="answer"),
    path("findings/<int:pk>/weigh/", views.weigh, name="weigh"),
    path("evidence/<int:pk>/", views.particulars, name="particulars"),
]

register_routes(
    {
        "checks:findings": "checks.finding.view",
        "checks:panel": "checks.finding.view",
        "checks:answer": "checks.finding.answer",
        "checks:weigh": "checks.finding.weigh",
        "checks:particulars": "checks.particulars.state",
    }
)
