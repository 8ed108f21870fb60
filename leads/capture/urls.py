"""The addresses that clients send events to. A trailing slash makes no difference: a redirect would lose the event."""

from django.urls import re_path

from leads.capture.links import follow
from leads.capture.tracking import collect, drop, unknown

LONG_FORMS = "identify|track|page|screen|group|alias|batch"
BROWSER_FORMS = {
    "i": "identify",
    "t": "track",
    "p": "page",
    "s": "screen",
    "g": "group",
    "a": "alias",
    "b": "batch",
}

urlpatterns = [
    re_path(rf"^v1/(?P<call>{LONG_FORMS})/?$", collect),
    re_path(r"^v1/import/?$", collect, {"call": "batch"}),
    *(
        re_path(rf"^v1/{short}/?$", collect, {"call": call, "is_browser": True})
        for short, call in BROWSER_FORMS.items()
    ),
    re_path(r"^v1/m/?$", drop),
    re_path(r"^beacon/v1/batch/?$", collect, {"call": "batch", "is_browser": True}),
    re_path(r"^(?:v1|beacon)/", unknown),
    re_path(r"^r/(?P<slug>.*?)/?$", follow, name="follow-link"),
]
