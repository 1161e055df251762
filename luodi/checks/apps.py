from django.apps import AppConfig


class ChecksConfig(AppConfig):
    name = "luodi.checks"

    def ready(self) -> None:
        from luodi.checks import keeping, tasks
        from luodi.evidence import actions as evidence
        from luodi.jobs.worker import register
        from luodi.projects import reporting

        register("checks.findings", tasks.note_all, daily=True)
        for hook in (reporting.reported, evidence.verified):
            hook.append(keeping.follow)
