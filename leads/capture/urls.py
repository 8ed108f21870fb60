"""The addresses that clients send events to. A trailing slash makes no difference, since a redirect loses the event."""

from django.urls import path, re_path

from leads.capture.assets import asset_page, file, ready
from leads.capture.before_sending import rudder_source, segment_settings
from leads.capture.chat import widget
from leads.capture.chat_script import colours, launch, script
from leads.capture.form_files import embed, style, thanks
from leads.capture.forms import form_page, seen
from leads.capture.hooks import receive
from leads.capture.kiosk import kiosk_cards, kiosk_page, kiosk_worker
from leads.capture.links import follow
from leads.capture.opt_in import opt_in
from leads.capture.posthog import collect_posthog, configure_posthog, tell_posthog
from leads.capture.scripts import segment_script, snippet
from leads.capture.tracking import collect, drop, unknown
from leads.channels.forms.visit import FRAME

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
    re_path(r"^v1/projects/(?P<key>[^/]{1,64})/settings/?$", segment_settings),
    re_path(r"^beacon/v1/batch/?$", collect, {"call": "batch", "is_browser": True}),
    re_path(r"^hooks/(?P<provider>[\w-]{1,40})/(?P<key>[\w-]{1,64})/?$", receive, name="hook"),
    re_path(r"^(?:v1|beacon)/", unknown),
    path("f/<slug:key>/", form_page, name="form-page"),
    path("f/<slug:key>/frame/", form_page, {"way": FRAME}, name="form-frame"),
    path("f/<slug:key>/thanks/", thanks, name="form-thanks"),
    path("f/<slug:key>/seen/", seen, name="form-seen"),
    path("f/<slug:key>/embed.js", embed, name="form-embed"),
    path("f/<slug:key>/style.css", style, name="form-style"),
    path("o/<str:token>/", opt_in, name="opt-in"),
    path("d/<slug:slug>/", asset_page, name="asset-public"),
    path("d/<slug:slug>/<str:token>/", ready, name="asset-ready"),
    path("d/<slug:slug>/<str:token>/file/", file, name="asset-file"),
    path("kiosk/<slug:key>/", kiosk_page, name="kiosk-page"),
    path("kiosk/<slug:key>/worker.js", kiosk_worker, name="kiosk-worker"),
    path("kiosk/<slug:key>/cards/", kiosk_cards, name="kiosk-cards"),
    re_path(r"^r/(?P<slug>.*?)/?$", follow, name="follow-link"),
    # Our own snippet, and what Segment's and RudderStack's browser clients ask before they send
    re_path(r"^c\.js$", snippet),
    re_path(r"^analytics\.js/v1/[^/]{1,64}/analytics(?:\.min)?\.js$", segment_script),
    re_path(r"^analytics-next/bundles/(?P<name>[\w.-]+)$", segment_script),
    re_path(r"^sourceConfig/?$", rudder_source),
    # PostHog's clients: servers, browsers, and what browsers ask
    re_path(r"^(?:batch|capture)/?$", collect_posthog),
    re_path(r"^(?:e|i/v0/e)/?$", collect_posthog, {"is_browser": True}),
    re_path(r"^s/?$", drop),
    re_path(r"^(?:flags|decide)/?$", tell_posthog),
    re_path(r"^array/(?P<key>[^/]{1,64})/config\.js$", configure_posthog),
    re_path(r"^array/[^/]{1,64}/config/?$", tell_posthog),
    # The chat; it uses the full middleware, whose headers protect pages.
    path("chat.js", script, name="chat-script"),
    path("chat/w/<slug:slug>/", widget, name="chat-widget"),
    path("chat/w/<slug:slug>/launch.js", launch, name="chat-launch"),
    path("chat/w/<slug:slug>/colours.css", colours, name="chat-colours"),
]
