"""The Celery application and the one schedule of periodic tasks.

Without Redis `manage.py worker` runs the same schedule in one process.
"""

import os
from typing import Any

from celery import Celery
from kombu.entity import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadcrm.settings")

app = Celery("leadcrm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["leads", "scoring"])

# Seconds between two runs. Every task here works off what is due and does nothing when nothing is.
SCHEDULE: dict[str, dict[str, Any]] = {
    "score what is due": {"task": "scoring.tasks.sweep", "schedule": 5.0},
    "send what forms owe": {"task": "leads.tasks.send_what_forms_owe", "schedule": 30.0},
    "forget old submissions": {"task": "leads.tasks.forget_submissions", "schedule": 3600.0},
    "process deliveries that are due": {"task": "leads.tasks.sweep_deliveries", "schedule": 5.0},
    "forget old deliveries": {"task": "leads.tasks.forget_deliveries", "schedule": 3600.0},
    "find duplicates": {"task": "leads.tasks.find_duplicates", "schedule": 15.0},
    "go on with imports": {"task": "leads.tasks.sweep_imports", "schedule": 5.0},
    "remove old import files": {"task": "leads.tasks.remove_old_import_files", "schedule": 3600.0},
}
# Long work waits in a queue of its own. Workers take from both by turns, so that an event waits for one task at most.
BULK = "bulk"
app.conf.update(
    beat_schedule=SCHEDULE,
    task_queues=[Queue("celery"), Queue(BULK)],
    task_routes={
        "scoring.tasks.take_part_in_rescore": {"queue": BULK},
        "leads.tasks.work_on": {"queue": BULK},
        "leads.tasks.find_duplicates": {"queue": BULK},
    },
    timezone="UTC",
    task_ignore_result=True,
    # A task may run twice (every one is idempotent) but is never lost with the worker that held it.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    # A request that can't reach the broker goes on at once; the sweep finds the work it left.
    task_publish_retry=False,
    broker_transport_options={
        "visibility_timeout": 600,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
    },
)
