"""Logging: JSON lines, with personal data removed before anything is written."""

import logging
import re
from typing import Any

import structlog
from django.http import HttpRequest
from django_structlog.signals import bind_extra_request_metadata
from structlog.typing import EventDict, WrappedLogger

# Keys under which a library might log user input.
PERSONAL_KEYS = frozenset({"email", "phone", "name", "username", "ip", "ip_address", "user_agent", "body", "query"})

# An exception's message may quote the value that caused it.
ADDRESS = re.compile(r"[\w.+-]+(?:@|%40)[\w-]+\.[\w.-]+")
PHONE = re.compile(r"\+\d{7,15}\b")


def without_personal_data(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace the values of personal keys and strip the query string from request lines."""
    for key in PERSONAL_KEYS & event.keys():
        event[key] = "[removed]"
    if isinstance(event.get("request"), str):
        event["request"] = event["request"].split("?")[0]
    return event


def without_addresses(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace e-mail addresses and phone numbers in all text values, tracebacks included."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = PHONE.sub("[phone]", ADDRESS.sub("[e-mail]", value))
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    without_personal_data,
]


def _mark(request: HttpRequest, **kwargs: Any) -> None:
    request.is_logged = True  # type: ignore[attr-defined]  # read by LoggedOnce


bind_extra_request_metadata.connect(_mark)


class LoggedOnce(logging.Filter):
    """Drops Django's own line about a request or an exception that django-structlog logs too, with the request id.

    Django's lines remain for capture and the health checks, which skip django-structlog's middleware.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether this is the only line about its request."""
        return not (record.exc_info or hasattr(getattr(record, "request", None), "is_logged"))


def logging_config(level: str) -> dict[str, Any]:
    """Return Django's LOGGING: one JSON line per event on stderr.

    level: of our own loggers; all others log warnings.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"once": {"()": "leadcrm.logs.LoggedOnce"}},
        "formatters": {"json": {"()": "leadcrm.logs.json_formatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            **{name: {"level": level} for name in ("leadcrm", "leads", "scoring")},
            "django.request": {"filters": ["once"]},
            # It writes a line at every start, which tells the reader nothing.
            "axes": {"level": "WARNING"},
        },
    }


def json_formatter() -> logging.Formatter:
    """Return the formatter of every handler."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            without_addresses,
            structlog.processors.JSONRenderer(),
        ],
    )


structlog.configure(
    processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
