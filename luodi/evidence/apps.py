from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "luodi.evidence"

    def ready(self) -> None:
        from luodi.audit import bundles
        from luodi.core.files import damaged
        from luodi.evidence import ahead, ledger, tasks
        from luodi.evidence.models import Evidence, StoredFile
        from luodi.projects import reporting, reverting, writing

        tasks.register_all()
        bundles.derived.append(lambda: damaged(StoredFile.objects.order_by("id").values_list("sha256", "name")))
        reporting.reported.append(ahead.speak)

        writing.followers.append(ledger.follow)
        reverting.STATEMENTS.append(Evidence)
