from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """How good a lead is, and whether it is an MQL or an SQL."""

    name = "scoring"

    def ready(self) -> None:
        """Connect the facts that leads announces to scoring."""
        from scoring import receivers  # noqa: F401  (connects on import, which needs loaded models)
