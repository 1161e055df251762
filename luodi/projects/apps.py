from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "luodi.projects"

    def ready(self) -> None:
        from luodi.intake import target
        from luodi.projects.ledger import ProjectLedger

        target.register(ProjectLedger())
