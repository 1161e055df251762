from django.apps import AppConfig


class SnapshotsConfig(AppConfig):
    name = "luodi.snapshots"

    def ready(self) -> None:
        from luodi.audit import bundles
        from luodi.evidence import actions as evidence
        from luodi.jobs.worker import register
        from luodi.projects import actions, packages, reporting, reverting, writing
        from luodi.snapshots import keeping

        bundles.derived.append(keeping.untrue)
        register("snapshots.standings", keeping.refresh_daily, daily=True)

        writing.followers.append(keeping.follow)
        for hook in (packages.joined, reverting.reverted, actions.decided, reporting.reported, evidence.verified):
            hook.append(keeping.refresh)
