"""The look of the Django admin: the colours of the other screens, and the groups of its side bar."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy


def _admin_link(title: str, model: str, icon: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")}


ADMIN_THEME = {
    "SITE_TITLE": "LeadCRM admin",
    "SITE_HEADER": "LeadCRM admin",
    "SITE_SYMBOL": "tune",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}],
    "SHOW_BACK_BUTTON": True,
    "STYLES": [lambda request: static("css/admin.css")],
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "base": {
            "50": "#faf9f6", "100": "#f3f1ec", "200": "#e7e4dc", "300": "#d6d1c6", "400": "#a19d92", "500": "#6b675d",
            "600": "#55524a", "700": "#3f3c35", "800": "#2f2d28", "900": "#1d1c19", "950": "#161513",
        },
        "primary": {
            "50": "#e5f1ec", "100": "#cfe6dc", "200": "#a5d2c0", "300": "#7bd6ba", "400": "#5cc4a4", "500": "#3fae8e",
            "600": "#0f6650", "700": "#0c5744", "800": "#0b5342", "900": "#08392d", "950": "#04211a",
        },
    },
    "SIDEBAR": {
        "navigation": [
            {"title": "Scoring", "items": [_admin_link("Rule sets", "scoring_ruleset", "tune")]},
            {
                "title": "Leads",
                "items": [
                    _admin_link("Leads", "leads_lead", "group"),
                    _admin_link("Organizations", "leads_organization", "apartment"),
                    _admin_link("Possible duplicates", "leads_duplicatecandidate", "join"),
                    _admin_link("Stage changes", "leads_stagechange", "stairs"),
                ],
            },
            {
                "title": "Forms",
                "items": [
                    _admin_link("Forms", "leads_form", "dynamic_form"),
                    _admin_link("Submissions kept apart", "leads_formsubmission", "report"),
                    _admin_link("Consents", "leads_consent", "verified_user"),
                    _admin_link("Mails of forms", "leads_formmail", "mail"),
                ],
            },
            {
                "title": "Tracking",
                "items": [
                    _admin_link("Sources", "leads_source", "key"),
                    _admin_link("Connectors", "leads_connector", "power"),
                    _admin_link("Deliveries", "leads_delivery", "local_shipping"),
                    _admin_link("Events", "leads_event", "timeline"),
                    _admin_link("Rejected events", "leads_rejectedevent", "block"),
                ],
            },
            {
                "title": "Chat",
                "items": [
                    _admin_link("Dialogues", "leads_chatdialogue", "forum"),
                    _admin_link("Versions", "leads_chatversion", "history"),
                    _admin_link("Conversations", "leads_chatconversation", "chat"),
                ],
            },
            {
                "title": "Access",
                "items": [
                    _admin_link("Users", "leads_user", "person"),
                    _admin_link("API tokens", "authtoken_tokenproxy", "token"),
                    _admin_link("Wrong passwords", "axes_accessattempt", "lock"),
                    _admin_link("Audit entries", "leads_auditentry", "fact_check"),
                ],
            },
        ],
    },
}  # fmt: skip
