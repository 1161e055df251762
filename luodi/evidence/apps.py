from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "luodi.evidence"

    def ready(self) -> None:
        from luodi.evidence import ahead, ledger, tasks
        from luodi.evidence.models import Evidence
        from luodi.projects import reporting, reverting, writing

        tasks.register_all()
        reporting.reported.append(ahead.speak)

        writing.followers.append(ledger.follow)
        reverting.STATEMENTS.append(Evidence)
