from functools import partial

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "luodi.intake"

    def ready(self) -> None:
        from luodi.audit import bundles
        from luodi.audit import words as audit_words
        from luodi.core.files import damaged
        from luodi.intake import tasks, words
        from luodi.intake.models import LedgerFile

        tasks.register_all()
        audit_words.named.append(words.field_name)
        audit_words.told.append(partial(words.fact, unit="万元"))
        audit_words.told.append(lambda field, text: words.stage_name(text) if field == "stage" else text)
        bundles.derived.append(lambda: damaged(LedgerFile.objects.order_by("id").values_list("sha256", "name")))
