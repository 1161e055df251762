from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "luodi.audit"

    def ready(self) -> None:
        from luodi.accounts import actions
        from luodi.accounts.models import User
        from luodi.audit.actions import record

        def note(user: User) -> None:
            record(None, "accounts.account.created", user, role=user.role, unit=user.unit)

        actions.created.append(note)
