"""Error responses of the API: always JSON, with a fitting status."""

from typing import Any

import structlog
from django.db import OperationalError
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from leads.errors import AlreadyClaimed, LeadError, MergeRefused, NotOwner, StageMoveRefused
from leads.people.edit import InvalidField

log = structlog.get_logger(__name__)

STATUSES: dict[type[LeadError], int] = {AlreadyClaimed: 409, StageMoveRefused: 409, MergeRefused: 409, NotOwner: 403}


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an exception of a view. None leaves a bug of ours to Django, which logs it and answers 500."""
    if isinstance(error, InvalidField):
        return Response({error.field: [str(error)]}, status=400)
    if isinstance(error, LeadError):
        return Response({"detail": str(error)}, status=STATUSES.get(type(error), 400))
    if isinstance(error, OperationalError):
        log.exception("database_busy")
        detail = "The database did not answer in time. Nothing was stored; try again."
        return Response({"detail": detail}, status=503, headers={"Retry-After": "1"})
    response = exception_handler(error, context)
    if response is not None and isinstance(error, ValidationError) and isinstance(response.data, list):
        # The body is not an object, so there is no field to name.
        response.data = {"detail": " ".join(str(part) for part in response.data)}
    return response
