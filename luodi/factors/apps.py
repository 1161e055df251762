from django.apps import AppConfig


class FactorsConfig(AppConfig):
    name = "luodi.factors"

    def ready(self) -> None:
        from luodi.factors import plans, reserving, tasks
        from luodi.jobs.worker import register
        from luodi.projects import reporting, reverting, writing

        for hook in (reporting.reported, reverting.reverted):
            hook.append(reserving.release_of_gone)
        writing.followers.append(reserving.follow)
        register(plans.KIND, tasks.compute_plan)
        register("factors.expire", tasks.expire_daily, daily=True)
