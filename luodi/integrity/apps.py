from django.apps import AppConfig


class IntegrityConfig(AppConfig):
    name = "luodi.integrity"

    def ready(self) -> None:
        from luodi.integrity import tasks
        from luodi.jobs.worker import register

        register("integrity.scan", tasks.scan_daily, daily=True)
