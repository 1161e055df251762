from django.apps import AppConfig


class SnapshotsConfig(AppConfig):
    name = "luodi.snapshots"

    def ready(self) -> None:
        from luodi.evidence import actions as evidence
        from luodi.projects import actions, packages, reverting, writing
        from luodi.snapshots import keeping

        writing.followers.append(keeping.follow)
        for hook in (packages.joined, reverting.reverted, actions.decided, evidence.verified):
            hook.append(keeping.refresh)
