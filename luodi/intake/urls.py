"""Addresses of intake."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.upload, name="upload"),
    path("batches/", views.batches, name="batches"),
    path("batches/<int:pk>/", views.batch, name="batch"),
    path("batches/<int:pk>/mapping/", views.mapping, name="mapping"),
    path("batches/<int:pk>/commit/", views.commit, name="commit"),
    path("batches/<int:pk>/revert/", views.revert, name="revert"),
    path("batches/<int:pk>/rejected/", views.rejected, name="rejected"),
    path("batches/<int:pk>/export/", views.export, name="export"),
]

register_routes(
    {
        "intake:upload": "intake.batch.write",
        "intake:batches": "intake.batch.view",
        "intake:batch": "intake.batch.view",
        "intake:mapping": "intake.batch.write",
        "intake:commit": "intake.batch.write",
        "intake:revert": "intake.batch.revert",
        "intake:rejected": "intake.batch.view",
        "intake:export": "intake.batch.view",
    }
)
