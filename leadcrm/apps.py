from django.apps import AppConfig


class LeadcrmConfig(AppConfig):
    """Composition root: checks that the whole is set up soundly."""

    name = "leadcrm"

    def ready(self) -> None:
        """Register the system checks."""
        from leadcrm import checks  # noqa: F401  (registers on import, which needs loaded apps)
