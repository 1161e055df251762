from django.apps import AppConfig


class ContributionConfig(AppConfig):
    name = "luodi.contribution"
