"""What drf-spectacular writes into the OpenAPI document at /api/schema/, and the pages at /api/docs/."""

API_SCHEMA = {
    "TITLE": "LeadCRM",
    "DESCRIPTION": "Leads, events, explanations and claims over REST.",
    "VERSION": "0.1.0",
    "SERVE_PUBLIC": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "LeadKind": "leads.models.LeadKind",
        "IdentifierKind": "leads.models.IdentifierKind",
        "Stage": "leads.models.Stage",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
