from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """People, what they did, and who works them."""

    name = "leads"

    def ready(self) -> None:
        """Connect what each fact sets in motion."""
        from leads import receivers  # noqa: F401  (connects on import, which needs loaded models)
