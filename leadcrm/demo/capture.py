"""What the demo's marketers set up to be found by: tracked links, a download, a stand; and a call that was logged."""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.core.files.uploadedfile import SimpleUploadedFile

from leadcrm.demo.content import FAIRS, SITE
from leads.channels.assets.keep import make_asset
from leads.channels.calls import Call, Direction, Outcome, log_call
from leads.channels.kiosk.keep import open_kiosk
from leads.channels.links.keep import make_link
from leads.models import Counted, Form, Lead, Link, Tally, User

DAYS = 30
# name, end of the address, where it stands, path, campaign, clicks a day by people and by machines
LINKS = (
    ("Lease ad, search", "lease-ad", "ad", "/lease", ("google", "cpc", "office-coffee-lease"), 14, 1),
    ("S4 on LinkedIn", "s4-post", "social", "/machines/s4", ("linkedin", "social", "always-on"), 6, 2),
    ("Grounds, autumn issue", "grounds-autumn", "email", "/blog", ("newsletter", "email", "grounds"), 9, 7),
    ("Trap in Grounds", "grounds-trap", "honeypot", "/", ("", "", ""), 0, 3),
    ("Poster in the showroom", "showroom", "page", "/machines", ("poster", "qr-code", "showroom"), 2, 0),
)
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length 68>>stream
BT /F1 28 Tf 72 720 Td (Office coffee buying guide) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def make_capture(*, by: User, seed: int, now: datetime) -> None:
    """Store the demo's links, its download and its stand, once, with a month of counts."""
    if Link.objects.exists():
        return
    rng = Random(f"capture:{seed}")
    for age, (name, slug, kind, path, campaign, people, machines) in enumerate(reversed(LINKS)):
        utm = dict(zip(("utm_source", "utm_medium", "utm_campaign"), campaign, strict=True))
        given: dict[str, Any] = {"name": name, "slug": slug, "kind": kind, "target": SITE + path, **utm}
        link = make_link(given, by=by, now=now - timedelta(days=40 - age))
        _count(Counted.LINK_CLICK, link.pk, people, rng, now)
        _count(Counted.LINK_MACHINE, link.pk, machines, rng, now)
    form = Form.objects.filter(key="guide").first() or Form.objects.order_by("pk").first()
    if form is None:
        return
    download: dict[str, Any] = {
        "title": "Office coffee buying guide",
        "slug": "buying-guide",
        "kind": "ebook",
        "description": "24 pages on choosing, leasing and looking after a machine.",
        "heading": "Better office coffee, for less than you pay now",
        "points": ["Lease or buy, with the sums worked out", "Service costs for 14 machines", "A one-page checklist"],
        "form": form,
        "file": SimpleUploadedFile("Office coffee buying guide.pdf", PDF),
    }
    asset = make_asset(download, by=by, now=now - timedelta(days=38))
    for what, a_day in ((Counted.ASSET_VIEW, 22), (Counted.ASSET_FORM, 8), (Counted.ASSET_DOWNLOAD, 7)):
        _count(what, asset.pk, a_day, rng, now)
    kiosk = open_kiosk(form, event=FAIRS[0], ends_at=now + timedelta(days=4), by=by, now=now - timedelta(days=1))
    Tally.objects.create(what=Counted.KIOSK_CARD, thing_id=kiosk.pk, date=now.date(), number=17)


def make_call(lead: Lead, *, by: User, now: datetime) -> None:
    """Log that a rep called a lead, which scores nothing."""
    token = uuid5(NAMESPACE_URL, f"demo-call-{lead.pk}")
    note = "Asked to be called back on Thursday"
    call = Call(Direction.OUT, Outcome.CALLBACK, 4, note, now - timedelta(minutes=3), token)
    log_call(lead, call, by=by, now=now)


def _count(what: Counted, thing_id: int, a_day: int, rng: Random, now: datetime) -> None:
    days = [(now - timedelta(days=age)).date() for age in range(DAYS)]
    numbers = [round(a_day * rng.uniform(0.4, 1.6)) for _ in days]
    Tally.objects.bulk_create(
        Tally(what=what, thing_id=thing_id, date=day, number=number)
        for day, number in zip(days, numbers, strict=True)
        if number
    )
