from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "luodi.audit"

    def ready(self) -> None:
        from luodi.accounts import actions
        from luodi.audit.actions import record

        actions.log.append(record)
