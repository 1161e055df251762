from django.apps import AppConfig


class FactorsConfig(AppConfig):
    name = "luodi.factors"

    def ready(self) -> None:
        from luodi.factors import plans, reserving, tasks
        from luodi.jobs.worker import register
        from luodi.projects import reporting

        reporting.reported.append(reserving.release_of_exited)
        register(plans.KIND, tasks.compute_plan)
        register("factors.expire", tasks.expire_daily, daily=True)
