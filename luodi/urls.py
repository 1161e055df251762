"""Every address of the site. Each named route has a row in the permission table, put there by its part."""

from django.contrib.auth import views as auth
from django.urls import include, path
from django.views.i18n import set_language

from luodi.accounts.views import choose_unit
from luodi.core.views import health
from luodi.dashboards.login import Login

urlpatterns = [
    path("health", health, name="health"),
    path("login/", Login.as_view(), name="login"),
    path("login/", Login.as_view(), name="account_login"),  # as allauth calls it
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("language/", set_language, name="set_language"),
    path("unit/", include(([path("", choose_unit, name="unit")], "core"))),
    path("", include("luodi.accounts.urls")),
    path("", include("luodi.dashboards.urls")),
    path("evidence/", include("luodi.evidence.urls")),
    path("intake/", include("luodi.intake.urls")),
    path("jobs/", include("luodi.jobs.urls")),
    path("audit/", include("luodi.audit.urls")),
    path("checks/", include("luodi.checks.urls")),
    path("formation/", include("luodi.formation.urls")),
    path("screening/", include("luodi.screening.urls")),
    path("reserve/", include("luodi.reserve.urls")),
    path("chains/", include("luodi.chains.urls")),
    path("contribution/", include("luodi.contribution.urls")),
    path("outcomes/", include("luodi.outcomes.urls")),
    path("integrity/", include("luodi.integrity.urls")),
    path("factors/", include("luodi.factors.urls")),
]
