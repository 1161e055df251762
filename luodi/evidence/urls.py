"""Addresses of evidence."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.evidence import recheck_views, views

app_name = "evidence"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("<int:pk>/", views.piece, name="piece"),
    path("<int:pk>/say/", views.say, name="say"),
    path("<int:pk>/file/", views.download, name="file"),
    path("<int:pk>/preview/", views.preview, name="preview"),
    path("report/<int:pk>/", views.report, name="report"),
    path("rechecks/", recheck_views.rechecks, name="rechecks"),
    path("rechecks/commit/", recheck_views.commit_seed, name="commit_seed"),
    path("rechecks/<int:pk>/draw/", recheck_views.draw_sample, name="draw_sample"),
    path("rechecks/<int:pk>/result/", recheck_views.result, name="recheck_result"),
]

register_routes(
    {
        "evidence:queue": "evidence.evidence.view",
        "evidence:piece": "evidence.evidence.view",
        "evidence:say": "evidence.evidence.view",
        "evidence:file": "evidence.evidence.view",
        "evidence:preview": "evidence.evidence.view",
        "evidence:report": "projects.stage.report",
        "evidence:rechecks": "evidence.evidence.view",
        "evidence:commit_seed": "evidence.recheck.draw",
        "evidence:draw_sample": "evidence.recheck.draw",
        "evidence:recheck_result": "evidence.evidence.verify",
    }
)
