from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "luodi.intake"

    def ready(self) -> None:
        from luodi.intake import tasks

        tasks.register_all()
