"""Addresses of integrity."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.integrity import case_views, catalogue_views, sample_views, views

app_name = "integrity"
urlpatterns = [
    path("", views.findings, name="findings"),
    path("findings/<int:pk>/", views.finding, name="finding"),
    path("projects/<int:pk>/", views.panel, name="panel"),
    path("scan/", views.scan, name="scan"),
    path("cases/", case_views.cases, name="cases"),
    path("cases/open/", case_views.open_case, name="open"),
    path("cases/<int:pk>/", case_views.case, name="case"),
    path("cases/<int:pk>/contacts/", case_views.contacts, name="contacts"),
    path("cases/<int:pk>/answer/", case_views.answer, name="answer"),
    path("cases/<int:pk>/visit/", case_views.visit, name="visit"),
    path("cases/<int:pk>/rule/", case_views.rule, name="rule"),
    path("cases/<int:pk>/appeal/", case_views.appeal, name="appeal"),
    path("samples/", sample_views.samples, name="samples"),
    path("samples/commit/", sample_views.commit_seed, name="commit_seed"),
    path("samples/<int:pk>/draw/", sample_views.draw_sample, name="draw_sample"),
    path("samples/projects/<int:pk>/", sample_views.look, name="look"),
    path("labels.csv", sample_views.labels, name="labels"),
    path("indicators/", catalogue_views.catalogue, name="catalogue"),
    path("indicators/<slug:number>/", catalogue_views.indicator, name="indicator"),
    path("model/", catalogue_views.model, name="model"),
]

register_routes(
    {
        "integrity:findings": "integrity.finding.view",
        "integrity:finding": "integrity.finding.view",
        "integrity:panel": "integrity.finding.view",
        "integrity:scan": "integrity.scan.take",
        "integrity:cases": "integrity.finding.view",
        "integrity:open": "integrity.case.open",
        "integrity:case": "integrity.finding.view",
        "integrity:contacts": "integrity.contact.view",
        "integrity:answer": "integrity.case.answer",
        "integrity:visit": "integrity.case.visit",
        "integrity:rule": "integrity.case.rule",
        "integrity:appeal": "integrity.case.appeal",
        "integrity:samples": "integrity.finding.view",
        "integrity:commit_seed": "integrity.sample.draw",
        "integrity:draw_sample": "integrity.sample.draw",
        "integrity:look": "integrity.sample.draw",
        "integrity:labels": "integrity.labels.export",
        "integrity:catalogue": "integrity.finding.view",
        "integrity:indicator": "integrity.finding.view",
        "integrity:model": "integrity.finding.view",
    }
)
