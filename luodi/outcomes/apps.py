from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    name = "luodi.outcomes"

    def ready(self) -> None:
        from luodi.jobs.worker import register
        from luodi.outcomes import chances

        register("outcomes.chances", chances.refresh_daily, daily=True)
