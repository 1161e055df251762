from django.apps import AppConfig


class IntegrityConfig(AppConfig):
    name = "luodi.integrity"

    def ready(self) -> None:
        from luodi.intake import likeness
        from luodi.integrity import tasks
        from luodi.integrity.alike import Alike
        from luodi.jobs.worker import register

        register("integrity.scan", tasks.scan_daily, daily=True)
        register("integrity.index", tasks.index_daily, daily=True)
        likeness.judges[:] = [Alike()]
