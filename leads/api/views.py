"""Lists of events and organizations, and the claim queue."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from leads.api.filters import EventFilters, OrganizationFilters, narrow_events, narrow_organizations
from leads.api.new_event import NewEvent
from leads.api.pages import PagedViewSet
from leads.api.permissions import caller
from leads.api.serializers import EventSerializer, LeadSerializer, OrganizationSerializer
from leads.channels.rest import read_rest_event, source_for
from leads.intake.take_in import take_in
from leads.models import Event, Lead, Organization
from leads.people.company_score import with_scores
from leads.people.keyset import Order


class EventViewSet(PagedViewSet):
    """Events, including those of unknown visitors."""

    queryset = Event.objects.select_related("source", "identifier")
    serializer_class = EventSerializer
    orders = {"-id": Order((), is_descending=True)}

    @extend_schema(parameters=[EventFilters])
    def list(self, request: Request) -> Response:
        """List events, the last arrived first."""
        return self.answer_page(narrow_events(self.get_queryset(), request))

    @extend_schema(request=NewEvent, responses={200: EventSerializer, 201: EventSerializer})
    def create(self, request: Request) -> Response:
        """Record an event; answer 200 with the stored one if its message_id is known."""
        said = NewEvent(data=request.data)
        said.is_valid(raise_exception=True)
        now = timezone.now()
        source = source_for(caller(request), now=now)
        inbound = read_rest_event(said.validated_data, now=now)
        taken = take_in(source, [inbound], now=now)
        event = self.get_queryset().get(source=source, message_id=inbound.message_id)
        return Response(self.get_serializer(event).data, status=201 if taken.stored else 200)


class OrganizationViewSet(PagedViewSet):
    """Companies that leads work for."""

    queryset = with_scores(Organization.objects.all())
    serializer_class = OrganizationSerializer
    lookup_value_converter = "int"
    orders = {"id": Order((), is_descending=False), "-score": Order(("score",), is_descending=True)}

    @extend_schema(parameters=[OrganizationFilters])
    def list(self, request: Request) -> Response:
        """List organizations in order of creation, or by score."""
        return self.answer_page(narrow_organizations(self.get_queryset(), request))

    def retrieve(self, request: Request, pk: int) -> Response:
        """Return an organization."""
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)


class QueueViewSet(PagedViewSet):
    """The claim queue."""

    queryset = Lead.objects.awaiting_claim().select_related("owner", "organization")
    serializer_class = LeadSerializer
    orders = {"respond_by": Order(("respond_by",), is_descending=False)}

    def list(self, request: Request) -> Response:
        """List unclaimed SQLs, the most urgent first."""
        return self.answer_page(self.get_queryset())
