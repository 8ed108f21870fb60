"""The project package. Importing it creates the Celery application that tasks in other modules are registered with."""

from leadcrm.celery import app as celery_app

__all__ = ["celery_app"]
