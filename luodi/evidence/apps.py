from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "luodi.evidence"

    def ready(self) -> None:
        from luodi.evidence import ledger
        from luodi.evidence.models import Evidence
        from luodi.projects import reverting, writing

        writing.followers.append(ledger.follow)
        reverting.STATEMENTS.append(Evidence)
