"""Addresses of screening."""

from django.urls import path

from luodi.accounts.permissions import register_routes
from luodi.screening import book_views, views

app_name = "screening"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("run/", views.take_run, name="take_run"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("projects/<int:pk>/panel/", views.panel, name="panel"),
    path("projects/<int:pk>/facts/", views.declare, name="declare"),
    path("projects/<int:pk>/clauses/", views.clauses, name="clauses"),
    path("projects/<int:pk>/exemptions/", views.exempt, name="exempt"),
    path("clauses/<int:pk>/review/", views.review_clause, name="review_clause"),
    path("rules/", book_views.rules, name="rules"),
    path("rules/<str:code>/", book_views.rule, name="rule"),
    path("books/", book_views.versions, name="versions"),
    path("books/<int:pk>/", book_views.version, name="version"),
    path("books/<int:pk>/copy/", book_views.copy, name="copy"),
    path("books/<int:pk>/<str:part>/<str:code>/", book_views.edit, name="edit"),
    path("books/<int:pk>/publish/", book_views.publish, name="publish"),
    path("books/<int:pk>/drop/", book_views.drop, name="drop"),
    path("runs/<int:pk>/replay/", book_views.replay, name="replay"),
]

register_routes(
    {
        "screening:overview": "screening.result.view",
        "screening:take_run": "screening.run.take",
        "screening:project": "screening.result.view",
        "screening:panel": "screening.result.view",
        "screening:declare": "screening.fact.state",
        "screening:clauses": "screening.fact.state",
        "screening:exempt": "screening.exemption.grant",
        "screening:review_clause": "screening.clause.review",
        "screening:rules": "screening.rulebook.view",
        "screening:rule": "screening.rulebook.view",
        "screening:versions": "screening.rulebook.view",
        "screening:version": "screening.rulebook.view",
        "screening:copy": "screening.rulebook.edit",
        "screening:edit": "screening.rulebook.edit",
        "screening:publish": "screening.rulebook.publish",
        "screening:drop": "screening.rulebook.edit",
        "screening:replay": "screening.result.view",
    }
)
