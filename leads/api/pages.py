"""Pages of a list, by key. `next` and `previous` are complete addresses, `results` the rows."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from leads.people.keyset import BadCursor, Order, page_of

USUAL, MOST = 50, 200
FORWARD, BACK = "f", "b"


class KeysetPagination(BasePagination):
    """Pages in one of the view's `orders`, a mapping of names to Order; the first is the default.

    The cursor is opaque. Its first letter is the direction, the rest the key of the row to start from.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """Return the rows of the requested page. Raises ValidationError, which names what is wrong."""
        orders: Mapping[str, Order] = view.orders  # type: ignore[union-attr]  # every view that uses this has them
        order = orders[_choice(request, orders)]
        direction, key = _cursor(request)
        try:
            self.page = page_of(
                queryset,
                order,
                after=key if direction == FORWARD else "",
                before=key if direction == BACK else "",
                size=_size(request),
            )
        except BadCursor as error:
            raise _bad_cursor(request) from error
        self.address = request.build_absolute_uri()
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        """Wrap the rows of a page."""
        return Response(
            {
                "next": self._address_of(FORWARD, self.page.next),
                "previous": self._address_of(BACK, self.page.previous),
                "results": data,
            }
        )

    def _address_of(self, direction: str, key: str) -> str | None:
        return replace_query_param(self.address, "cursor", direction + key) if key else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe a page."""
        address = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the parameters of a page."""
        size = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
        parameters = [
            _parameter("cursor", "From `next` or `previous` of another page.", {"type": "string"}),
            _parameter("page_size", f"Rows a page, 1 to {MOST}.", size),
        ]
        if len(view.orders) > 1:
            choices = {"type": "string", "enum": list(view.orders), "default": next(iter(view.orders))}
            parameters.append(_parameter("ordering", "What to sort by; - for the highest or latest first.", choices))
        return parameters


class PagedViewSet(GenericViewSet[Any]):
    """A view set that answers with pages by key."""

    pagination_class = KeysetPagination
    orders: Mapping[str, Order]

    def answer_page(self, rows: "QuerySet[Any]") -> Response:
        """Answer with the requested page of rows."""
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


def _choice(request: Request, orders: Mapping[str, Order]) -> str:
    usual = next(iter(orders))
    chosen = request.query_params.get("ordering") or usual
    if chosen not in orders:
        raise ValidationError({"ordering": [f"must be one of {', '.join(orders)}, got {chosen[:60]!r}."]})
    return chosen


def _size(request: Request) -> int:
    given = request.query_params.get("page_size") or str(USUAL)
    if not (given.isascii() and given.isdecimal() and len(given) < 6 and 1 <= int(given) <= MOST):
        raise ValidationError({"page_size": [f"must be a whole number from 1 to {MOST}, got {given[:60]!r}."]})
    return int(given)


def _cursor(request: Request) -> tuple[str, str]:
    cursor = request.query_params.get("cursor", "")
    if cursor and (cursor[0] not in (FORWARD, BACK) or len(cursor) < 2):
        raise _bad_cursor(request)
    return cursor[:1], cursor[1:]


def _bad_cursor(request: Request) -> ValidationError:
    given = request.query_params.get("cursor", "")[:60]
    return ValidationError(
        {"cursor": [f"must come from `next` or `previous` of this list and ordering, got {given!r}."]}
    )


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
