"""Content, links, downloads, a newsletter, calls, a stand's tablet, a visit to the store and a file of leads.

Each goes through HTTP as people and their browsers send it, and each ends in an MQL.
"""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from leads.channels.forms.keep import make_form as make_ready_form
from leads.models import ImportJob, ImportState, LinkKind, User
from tests.make import EMAIL_FIELD, NAME_FIELD, PASSWORD, make_form, make_link
from tests.processes import PATIENCE, wait_for

CHROME = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"}
PDF = b"%PDF-1.7 Office coffee buying guide"
# By hand, in the rules of a new installation: manager 12, of 120 staff 10, Nordic 6, business address 4.
NORDIC_MANAGER = {
    "title": "Operations Manager",
    "country": "Norway",
    "company": {"name": "Acme Robotics", "employee_count": 120},
}


class Browser(requests.Session):
    """A browser on one server: keeps cookies, sends forms with the token of the page that they stand on."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.headers.update(CHROME)

    def open(self, path: str, **options) -> requests.Response:
        return self.get(path if "//" in path else self.address + path, timeout=PATIENCE, **options)

    def fill_in(self, path: str, fields: dict, *, action: str = "", **options) -> requests.Response:
        """Send a form of the page at `path`. action: where to, if not to the page itself."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.open(path).text)[1]
        sent = {"csrfmiddlewaretoken": token, **fields}
        response = self.post(self.address + (action or path), sent, timeout=PATIENCE, **options)
        assert response.status_code == 200, response.text
        return response


def kinds_of(rest, email: str) -> list[str]:
    lead = rest.lead_of(email)
    return sorted(event["kind"] for event in rest.get(f"/leads/{lead['id']}/events/")["results"])


@pytest.fixture
def visitor(product) -> Browser:
    return Browser(product)


@pytest.fixture
def colleague(product, marketer) -> Browser:
    """Return the browser of somebody who works here."""
    # The server does not know the quick hashes of tests.
    User.objects.filter(pk=marketer.pk).update(password=make_password(PASSWORD, hasher="argon2"))
    browser = Browser(product)
    browser.fill_in("/accounts/login/", {"username": marketer.username, "password": PASSWORD})
    return browser


def test_content_that_is_seen(tracker, rest):
    for path in ("/pricing", "/pricing/teams", "/pricing", "/product"):
        tracker.page(anonymous_id="visitor-1", properties={"url": f"https://shop.example{path}"})
    company = {**NORDIC_MANAGER["company"], "industry": "Software"}
    tracker.identify(
        "user-1", {"email": "ada@acme.com", **NORDIC_MANAGER, "company": company}, anonymous_id="visitor-1"
    )
    tracker.flush()

    # Fit 32 and 4 for the industry, three pages about prices 3 x 2: 42.
    lead = rest.lead_when("ada@acme.com", stage="mql", fit=36, behaviour=pytest.approx(6, abs=0.01))
    assert lead["source"] == "content"


@pytest.mark.parametrize(("kind", "source"), [(LinkKind.AD, "ad"), (LinkKind.SOCIAL, "social")])
def test_a_click_before_anybody_is_known(visitor, tracker, rest, kind, source):
    make_link(kind, slug="spring", target="https://shop.example/spring")

    followed = visitor.open("/r/spring/?gclid=g-1", allow_redirects=False)
    passed = parse_qs(urlsplit(followed.headers["Location"]).query)
    tracker.identify("user-1", {"email": "ada@acme.com"}, anonymous_id=passed["lc_aid"][0])
    tracker.flush()

    assert passed["gclid"] == ["g-1"]
    assert rest.lead_when("ada@acme.com", stage="mql")["source"] == source


def test_a_download(visitor, colleague, rest):
    form = make_form("Guide")
    fields = {"title": "Buying guide", "kind": "ebook", "form": form.pk, "slug": "guide"}
    colleague.fill_in("/assets/add/", fields, files={"file": ("guide.pdf", PDF, "application/pdf")})

    ready = visitor.post(f"{visitor.address}/d/guide/", {"email": "ada@acme.com"}, timeout=PATIENCE)
    assert rest.lead_when("ada@acme.com")["stage"] != "mql"
    file = visitor.open(ready.headers["Refresh"].partition("url=")[2])

    assert file.content == PDF
    rest.lead_when("ada@acme.com", stage="mql")
    assert kinds_of(rest, "ada@acme.com") == ["ebook_downloaded", "form_submitted", "identified"]


def test_a_call_that_is_logged_and_taken_back(colleague, tracker, rest):
    tracker.identify("user-1", {"email": "ada@acme.com"})
    tracker.flush()
    lead = rest.lead_when("ada@acme.com")

    given = {"direction": "in", "outcome": "talked", "minutes": "6", "note": "Asked about service terms"}
    page = colleague.fill_in(f"/leads/{lead['id']}/calls/add/", given).text
    assert "Called us, 6 min" in page
    rest.lead_when("ada@acme.com", stage="mql")

    undo = re.search(rf'action="(/leads/{lead["id"]}/calls/\d+/take-back/)"', page)[1]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    colleague.post(colleague.address + undo, {"csrfmiddlewaretoken": token}, timeout=PATIENCE)
    rest.lead_when("ada@acme.com", stage="engaged")


def test_a_card_left_at_a_stand(visitor, colleague, rest):
    form = make_form("Stand", key="stand")
    sheet = colleague.fill_in("/kiosks/", {"event": "Host Milano", "form": form.pk, "ends_on": "2099-01-01"}).text
    address = urlsplit(unescape(re.search(r'data-copy="([^"]+)"', sheet)[1]))
    visitor.open(f"{address.path}?{address.query}")

    card = {"id": "0a1b2c3d-0001", "typed": {"email": "ada@acme.com", "name": "Ada Moen"}}
    body = {"cards": [card]}
    for _ in range(2):
        sent = visitor.post(f"{visitor.address}/kiosk/stand/cards/", json=body, timeout=PATIENCE)
        assert sent.json() == {"results": [{"id": "0a1b2c3d-0001", "state": "stored", "errors": {}}]}

    lead = rest.lead_when("ada@acme.com", stage="mql")
    events = rest.get(f"/leads/{lead['id']}/events/")["results"]
    told = [(event["kind"], event["properties"]["event"]) for event in events if event["kind"] != "identified"]
    assert told == [("event_form_submitted", "Host Milano")]


def test_visits_to_the_store_by_api_and_by_a_code_at_the_door(visitor, colleague, tracker, rest):
    tracker.identify("user-1", {"email": "ada@acme.com", **NORDIC_MANAGER})
    tracker.flush()
    lead = rest.lead_when("ada@acme.com", fit=32)
    make_form("Check-in", key="door", event_kind="store_visited", fields=[EMAIL_FIELD, NAME_FIELD])

    told = {"event": "Store Visited", "lead": lead["id"], "properties": {"store": "Oslo"}}
    answer = requests.post(f"{rest.address}/events/", json=told, headers=rest.headers, timeout=PATIENCE)
    assert answer.status_code == 201, answer.text
    poster = colleague.open("/check-in/door/?place=Showroom+Oslo").text
    code = unescape(re.search(r"<code>([^<]+)</code>", poster)[1])
    page = visitor.open(urlsplit(code).path + "?" + urlsplit(code).query)
    assert "Check-in" in page.text
    visitor.post(f"{visitor.address}/f/door/", {"email": "ada@acme.com", "_page": code}, timeout=PATIENCE)

    # Two visits 2 x 7, and fit 32: 46.
    lead = rest.lead_when("ada@acme.com", stage="mql")
    events = rest.get(f"/leads/{lead['id']}/events/")["results"]
    visits = [event["properties"] for event in events if event["kind"] == "store_visited"]
    assert sorted(visit.get("store") or visit["utm_content"] for visit in visits) == ["Oslo", "Showroom Oslo"]


def test_a_newsletter_that_is_confirmed_from_the_mail(visitor, rest, marketer, var_dir):
    form = make_ready_form("newsletter", by=marketer, now=timezone.now())

    sent = visitor.post(f"{visitor.address}/f/{form.key}/", {"email": "ada@acme.com"}, timeout=PATIENCE)
    assert sent.status_code == 200, sent.text
    rest.lead_when("ada@acme.com", stage="new")
    link = wait_for(lambda: link_in_the_mail_to("ada@acme.com", var_dir), "a mail with a link")
    assert "newsletter_subscribed" not in kinds_of(rest, "ada@acme.com")
    visitor.post(visitor.address + urlsplit(link).path, timeout=PATIENCE)

    rest.lead_when("ada@acme.com", stage="mql")
    assert "newsletter_subscribed" in kinds_of(rest, "ada@acme.com")


def link_in_the_mail_to(address: str, var_dir: Path) -> str:
    """Return the first link of the latest mail to an address, as the product wrote it to its folder of mails."""
    for file in sorted((var_dir / "mail").glob("*"), reverse=True):
        mail = message_from_bytes(file.read_bytes().partition(b"\n---")[0], policy=default)
        if mail["To"] == address:
            return re.search(r"https?://\S+", mail.get_body(("plain",)).get_content())[0]
    return ""


def test_a_file_that_says_who_came_to_a_webinar(colleague, rest):
    day = timezone.now() - timedelta(days=1)
    content = f"Email,First Name,Webinar\nada@acme.com,Ada,{day:%Y-%m-%d}\nnobody,Nils,\n"
    colleague.fill_in("/imports/", {}, files={"file": ("webinar.csv", content.encode(), "text/csv")})
    job = ImportJob.objects.get()

    columns = {"column-0": "email", "column-1": "first_name", "column-2": "event.webinar_attended"}
    options = {"on_conflict": "fill", "day_first": "1", "default_country": ""}
    colleague.fill_in(f"/imports/{job.pk}/", {**columns, **options}, action=f"/imports/{job.pk}/columns/")
    wait_for(lambda: ImportJob.objects.filter(pk=job.pk, state=ImportState.CHECKED).exists(), "the dry run")
    assert rest.lead_of("ada@acme.com") is None
    colleague.fill_in(f"/imports/{job.pk}/", {}, action=f"/imports/{job.pk}/start/")

    assert rest.lead_when("ada@acme.com", stage="mql")["first_name"] == "Ada"
    problems = colleague.open(f"/imports/{job.pk}/problems.csv").text
    assert "nobody" in problems
    assert "ada@acme.com" not in problems
