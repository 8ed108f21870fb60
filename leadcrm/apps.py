from django.apps import AppConfig


class LeadcrmConfig(AppConfig):
    """The project as an app: registers the system checks."""

    name = "leadcrm"

    def ready(self) -> None:
        """Register the system checks."""
        from leadcrm import checks  # noqa: F401  (registers on import, which needs loaded apps)
