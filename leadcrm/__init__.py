"""The composition root. Importing it makes Celery's application known to tasks that other modules declare."""

from leadcrm.celery import app as celery_app

__all__ = ["celery_app"]
