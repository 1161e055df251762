from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "luodi.screening"

    def ready(self) -> None:
        from luodi.audit import bundles
        from luodi.jobs.worker import register
        from luodi.projects import gates
        from luodi.screening import gate, queries, tasks

        bundles.derived.append(queries.untrue)
        gates.guards.append(gate.refusals)
        register("screening.run", tasks.run_daily, daily=True)
