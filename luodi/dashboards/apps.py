from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "luodi.dashboards"

    def ready(self) -> None:
        # The chain map and the outcomes stand side by side; who stands above both lets one ask the other.
        from luodi.chains import landing
        from luodi.outcomes import chances

        landing.measured.append(chances.known)
        landing.notes.append(chances.note)
