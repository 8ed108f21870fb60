"""/d/<asset>/: the form once, then the file through a signed link that expires; each download counted once a day."""

from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.core.signing import Signer
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.channels.assets.token import token_for
from leads.channels.forms.guard import TRAP, page_token
from leads.events.tally import totals
from leads.models import AssetKind, Counted, Event, FormSubmission, Identifier, Lead
from leads.tasks import send_what_forms_owe
from tests.make import MAIL_CONSENT, NOON, make_asset, make_form, make_lead

pytestmark = pytest.mark.django_db

CHROME = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"}
BOT = {"user-agent": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"}
CONTENT = b"%PDF-1.7 " + bytes(range(256)) * 8


@pytest.fixture
def visitor():
    """Return a browser without any cookie, that checks CSRF like the real thing."""
    return Client(enforce_csrf_checks=True, headers=CHROME)


@pytest.fixture
def asset():
    return make_asset(make_form("Guide form"), CONTENT, title="Office coffee guide", slug="guide")


def send(visitor, asset, **typed):
    token = page_token(asset.form, now=timezone.now() - timedelta(seconds=30))
    return visitor.post(f"/d/{asset.slug}/", {"_t": token, "_via": "page", "email": "ada@halden.com", **typed})


def file_of(visitor, asset, lead, **headers):
    identifier = lead.identifiers.get()
    return visitor.get(f"/d/{asset.slug}/{token_for(asset.pk, identifier.pk)}/file/", headers=headers)


def body_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def counts(asset):
    kinds = (Counted.ASSET_VIEW, Counted.ASSET_FORM, Counted.ASSET_DOWNLOAD)
    return tuple(totals(kinds, [asset.pk]).get(asset.pk, dict.fromkeys(map(str, kinds), 0)).values())


def test_the_form_once_and_the_file_is_theirs(visitor, asset):
    page = visitor.get("/d/guide/")
    sent = send(visitor, asset)
    ready = visitor.get(sent["Location"])
    address = ready["Refresh"].partition("url=")[2]
    taken = visitor.get(address)

    assert (page.status_code, sent.status_code, ready.status_code, taken.status_code) == (200, 303, 200, 200)
    assert "Office coffee guide" in page.content.decode()
    assert f'href="{address}"' in ready.content.decode()
    assert not page.cookies
    assert body_of(taken) == CONTENT
    assert taken["Content-Type"] == "application/pdf"
    assert taken["Content-Disposition"] == 'attachment; filename="Buying guide.pdf"'
    assert taken["Content-Length"] == str(len(CONTENT))
    lead = Lead.objects.get(email="ada@halden.com")
    told = {event.kind: event.properties for event in lead.events.exclude(kind="identified")}
    assert set(told) == {"form_submitted", "ebook_downloaded"}
    assert told["ebook_downloaded"] == {"asset": "Office coffee guide", "asset_id": "guide"}
    assert told["form_submitted"]["asset_id"] == "guide"
    assert counts(asset) == (1, 1, 1)


def test_the_form_alone_is_no_download(visitor, asset):
    asset.form.event_kind = "ebook_downloaded"
    asset.form.save()

    send(visitor, asset)

    assert Event.objects.exclude(kind="identified").get().kind == "form_submitted"
    assert counts(asset) == (0, 1, 0)


def test_whoever_takes_it_again_on_that_day_took_it_once(visitor, asset):
    lead = make_lead("ada@halden.com")

    with time_machine.travel(NOON, tick=False):
        for _ in range(3):
            body_of(file_of(visitor, asset, lead))
        file_of(visitor, asset, lead, range="bytes=10-")
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        file_of(visitor, asset, lead)

    assert Event.objects.filter(kind="ebook_downloaded", lead=lead).count() == 2
    assert counts(asset)[2] == 2


def test_another_kind_of_file_is_content(visitor):
    asset = make_asset(kind=AssetKind.CONTENT)

    file_of(visitor, asset, make_lead())

    assert Event.objects.get().kind == "content_downloaded"


def test_a_link_expires_and_the_form_opens_it_again(visitor, asset):
    with time_machine.travel(NOON, tick=False):
        lead = make_lead("ada@halden.com")
        address = f"/d/guide/{token_for(asset.pk, lead.identifiers.get().pk)}/"
    with time_machine.travel(NOON + timedelta(hours=23, minutes=59), tick=False):
        assert visitor.get(address).status_code == 200

    with time_machine.travel(NOON + timedelta(hours=24, seconds=2), tick=False):
        ready, file = visitor.get(address), visitor.get(f"{address}file/")

    for response in (ready, file):
        assert response.status_code == 410
        assert "This link is too old" in response.content.decode()
        assert '<form class="form" method="post" action="/d/guide/"' in response.content.decode()
    assert not Event.objects.exists()


FORGED = Signer(salt="another").sign("WzEsMV0:1xX7H8")


@pytest.mark.parametrize("token", ["nonsense", "a" * 400, FORGED, "..", "%00", "%2e%2e%2fetc"])
def test_a_link_that_is_not_ours_opens_nothing(visitor, asset, token):
    assert visitor.get(f"/d/guide/{token}/file/").status_code in (404, 410)
    assert not Event.objects.exists()


def test_a_link_opens_one_download_only(visitor, asset):
    other, lead = make_asset(slug="other"), make_lead()
    token = token_for(asset.pk, lead.identifiers.get().pk)

    assert visitor.get(f"/d/other/{token}/file/").status_code == 410
    assert visitor.get(f"/d/guide/{token}/file/").status_code == 200
    assert counts(other) == (0, 0, 0)


@pytest.mark.parametrize(
    "path",
    ["/d/../secret_key", "/d/guide/../../etc/passwd", "/d/%2e%2e/%2e%2e/file/", "/d/guide%2f..%2f..%2fsecret_key/",
     "/media/downloads/", "/d//", "/d/nothing/"],
)  # fmt: skip
def test_no_address_leads_to_another_file(visitor, asset, path):
    response = visitor.get(path)

    assert response.status_code in (302, 404)
    assert b"PDF" not in response.content


def test_a_mistake_keeps_what_was_typed(visitor, asset):
    response = send(visitor, asset, email="ada@", name="Ada Berg")

    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="Ada Berg"' in page
    assert "field-error" in page
    assert "Office coffee guide" in page
    assert not Event.objects.exists()


def test_spam_gets_no_file(visitor, asset):
    response = send(visitor, asset, **{TRAP: "x"})

    assert response["Location"].startswith(f"/f/{asset.form.key}/thanks/")
    assert FormSubmission.objects.get().reason == "hidden_field"
    assert counts(asset) == (0, 0, 0)


def test_too_fast_says_so_and_is_let_through_later(visitor, asset):
    token = page_token(asset.form, now=timezone.now())

    response = visitor.post("/d/guide/", {"_t": token, "email": "ada@halden.com"})

    assert response.status_code == 429
    assert "look it over" in response.content.decode()


def test_sending_twice_is_one_form(visitor, asset):
    token = page_token(asset.form, now=timezone.now() - timedelta(seconds=30))

    for _ in range(2):
        sent = visitor.post("/d/guide/", {"_t": token, "_via": "page", "email": "ada@halden.com"})
        assert sent.status_code == 303

    assert counts(asset)[1] == 1


def test_the_form_may_mail_the_link_too(visitor, settings):
    settings.REDIS_URL = ""
    address = f"{settings.PUBLIC_URL}/d/by-mail/"
    form = make_form(mail_subject="Your guide", mail_text="Here it is: {link}", mail_link=address)
    asset = make_asset(form, slug="by-mail")

    send(visitor, asset)
    send_what_forms_owe()

    link = mail.outbox[0].body.partition("Here it is: ")[2].strip()
    ready = visitor.get(urlsplit(link).path)
    assert ready.status_code == 200
    # A gateway that looks at the mail's link has taken nothing, and nothing starts by itself.
    assert "Refresh" not in ready
    assert counts(asset)[2] == 0
    assert visitor.get(urlsplit(link).path + "file/").status_code == 200
    assert Event.objects.get(kind="ebook_downloaded").lead.email == "ada@halden.com"


def test_who_still_has_to_confirm_gets_the_file_and_is_told(visitor):
    asset = make_asset(make_form(is_double_opt_in=True))

    sent = send(visitor, asset, consent_email="on")

    page = visitor.get(sent["Location"]).content.decode()
    assert MAIL_CONSENT["channel"] == "email"
    assert "We have also written to you" in page
    assert "Download, " in unescape(page)


def test_a_visitor_from_a_tracked_link_stays_the_same(visitor, asset):
    page = visitor.get("/d/guide/?lc_aid=0a1b2c3d-visitor&utm_source=news").content.decode()
    assert 'name="_aid" value="0a1b2c3d-visitor"' in page

    send(visitor, asset, _aid="0a1b2c3d-visitor", _page="https://crm.example/d/guide/?utm_source=news")

    assert Identifier.objects.get(kind="anonymous_id").lead.email == "ada@halden.com"
    assert Event.objects.get(kind="form_submitted").properties["utm_source"] == "news"


def test_looking_at_the_headers_is_no_download(visitor, asset):
    lead = make_lead()
    address = f"/d/guide/{token_for(asset.pk, lead.identifiers.get().pk)}/file/"

    response = visitor.head(address)

    assert (response.status_code, response["Content-Length"]) == (200, str(len(CONTENT)))
    assert not Event.objects.exists()


def test_machines_are_marked_and_not_counted(visitor, asset):
    lead = make_lead()

    visitor.get("/d/guide/", headers=BOT)
    file_of(visitor, asset, lead, **BOT)
    file_of(visitor, asset, lead, **{"sec-purpose": "prefetch"})
    file_of(visitor, asset, lead)

    assert sorted(Event.objects.values_list("signal", flat=True)) == ["", "bot_agent", "prefetch"]
    assert counts(asset) == (0, 0, 1)


@pytest.mark.parametrize(
    ("asked", "status", "expected", "content_range"),
    [
        ("bytes=0-9", 206, CONTENT[:10], "bytes 0-9/2057"),
        ("bytes=2050-", 206, CONTENT[2050:], "bytes 2050-2056/2057"),
        ("bytes=-5", 206, CONTENT[-5:], "bytes 2052-2056/2057"),
        ("bytes=0-99999", 206, CONTENT, "bytes 0-2056/2057"),
        ("bytes=-99999", 206, CONTENT, "bytes 0-2056/2057"),
        ("bytes=2057-", 416, b"", "bytes */2057"),
        ("bytes=-0", 416, b"", "bytes */2057"),
        ("bytes=5-2", 416, b"", "bytes */2057"),
        ("bytes=0-1,5-6", 200, CONTENT, None),
        ("lines=1-2", 200, CONTENT, None),
        ("bytes=-", 200, CONTENT, None),
        ("bytes=a-b", 200, CONTENT, None),
        ("bytes=" + "9" * 40 + "-", 200, CONTENT, None),
    ],
)
def test_a_broken_download_goes_on(visitor, asset, asked, status, expected, content_range):
    response = file_of(visitor, asset, make_lead(), range=asked)

    assert response.status_code == status
    assert body_of(response) == expected
    assert response.get("Content-Range") == content_range
    assert response["Accept-Ranges"] == "bytes"


def test_a_part_of_another_version_is_not_asked_for(visitor, asset):
    lead = make_lead()
    etag = file_of(visitor, asset, lead)["ETag"]

    same = file_of(visitor, asset, lead, range="bytes=0-3", **{"if-range": etag})
    other = file_of(visitor, asset, lead, range="bytes=0-3", **{"if-range": '"other"'})
    unchanged = file_of(visitor, asset, lead, **{"if-none-match": etag})

    assert (same.status_code, other.status_code, unchanged.status_code) == (206, 200, 304)


def test_the_file_is_never_a_page(visitor):
    asset = make_asset(file_name='x"\r\n<script>.pdf')

    response = file_of(visitor, asset, make_lead())

    assert response["Content-Disposition"].startswith("attachment;")
    assert "\n" not in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_file_elsewhere_is_led_to(visitor):
    asset = make_asset(file="", external_url="https://video.example/recording")

    response = file_of(visitor, asset, make_lead())

    assert (response.status_code, response["Location"]) == (303, "https://video.example/recording")
    assert Event.objects.get().kind == "ebook_downloaded"


@pytest.mark.parametrize("closing", ["form", "is_live"])
def test_without_a_form_it_is_closed(visitor, asset, closing):
    if closing == "form":
        asset.form.delete()
    else:
        asset.form.is_live = False
        asset.form.save()

    response = visitor.get("/d/guide/")

    assert response.status_code == 410
    assert "This download is closed." in response.content.decode()


def test_a_lost_file_is_told_and_not_counted(visitor, asset):
    asset.file.storage.delete(asset.file.name)

    response = file_of(visitor, asset, make_lead())

    assert response.status_code == 404
    assert "noted" in response.content.decode()
    assert not Event.objects.exists()


def test_while_the_database_is_away_the_visitor_waits(visitor, asset, monkeypatch):
    lead = make_lead()
    token = token_for(asset.pk, lead.identifiers.get().pk)

    def fail(*args, **kwargs):
        raise OperationalError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", fail)
        answers = [visitor.get(f"/d/guide/{token}/{end}") for end in ("", "file/")]

    assert [response.status_code for response in answers] == [503, 503]


def test_a_download_takes_few_statements(visitor, asset):
    lead = make_lead()
    file_of(visitor, asset, lead)

    with CaptureQueriesContext(connection) as again:
        file_of(visitor, asset, lead)

    assert len([query for query in again if "SAVEPOINT" not in query["sql"]]) <= 8
