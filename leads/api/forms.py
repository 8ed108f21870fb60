"""Forms over REST, read-only."""

from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from leads.api.pages import PagedViewSet
from leads.channels.forms.fields import fields_of
from leads.models import Form
from leads.people.keyset import Order


class FormFieldSerializer(serializers.Serializer[Any]):
    """A field of a form. name: of its input; later: asked only of returning visitors."""

    name = serializers.CharField()
    # Shadow no attribute at run time: DRF removes declared fields from the class.
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    options = serializers.ListField(child=serializers.CharField())
    later = serializers.BooleanField()


class FormConsentSerializer(serializers.Serializer[Any]):
    """A consent that a form asks for. mode: optional, required or by_sending."""

    channel = serializers.CharField()
    wording = serializers.CharField()
    mode = serializers.CharField()


class FormSerializer(serializers.ModelSerializer[Form]):
    """A form and the address that it is sent to."""

    fields_asked = serializers.SerializerMethodField()
    consents = FormConsentSerializer(many=True, read_only=True)
    allowed_domains = serializers.ListField(child=serializers.CharField(), read_only=True)
    address = serializers.SerializerMethodField()

    class Meta:
        model = Form
        fields = (
            "id",
            "key",
            "name",
            "is_live",
            "event_kind",
            "is_double_opt_in",
            "address",
            "fields_asked",
            "consents",
            "allowed_domains",
            "created_at",
            "changed_at",
        )
        read_only_fields = fields

    @extend_schema_field(FormFieldSerializer(many=True))
    def get_fields_asked(self, form: Form) -> list[dict[str, Any]]:
        """Return the fields in order."""
        return [dict(field) for field in FormFieldSerializer(fields_of(form), many=True).data]

    @extend_schema_field(serializers.URLField())
    def get_address(self, form: Form) -> str:
        """Return the address of the form, which submissions are posted to as well."""
        return f"{settings.PUBLIC_URL}/f/{form.key}/"


class FormViewSet(PagedViewSet):
    """Forms."""

    queryset = Form.objects.all()
    serializer_class = FormSerializer
    lookup_value_converter = "int"
    orders = {"id": Order((), is_descending=False)}

    def list(self, request: Request) -> Response:
        """List forms in order of creation."""
        return self.answer_page(self.get_queryset())

    def retrieve(self, request: Request, pk: int) -> Response:
        """Return a form."""
        return Response(self.get_serializer(get_object_or_404(Form, pk=pk)).data)
