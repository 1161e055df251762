from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "luodi.audit"

    def ready(self) -> None:
        from luodi.accounts import actions
        from luodi.audit.actions import record

        actions.created.append(
            lambda user: record(None, "accounts.account.created", user, role=user.role, unit=user.unit)
        )
