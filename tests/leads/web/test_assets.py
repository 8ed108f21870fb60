"""Downloads as a marketer makes and reads them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.events.tally import count_one
from leads.models import Asset, AuditEntry, Counted
from leads.models.asset import asset_storage
from tests.make import NOON, make_asset, make_form
from tests.pages import words

PDF = b"%PDF-1.7 hello"


@pytest.fixture
def given(db):
    return {"title": "Buying guide", "kind": "ebook", "form": make_form().pk, "points": "Lease or buy\nService costs"}


def pdf(name="guide.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def stored_files():
    storage = asset_storage()
    return storage.listdir("downloads")[1] if storage.exists("downloads") else []


def test_a_download_is_made_of_a_file(browser, given, marketer):
    response = browser.post("/assets/add/", {**given, "file": pdf()})

    asset = Asset.objects.get()
    assert response["Location"] == f"/assets/{asset.pk}/"
    assert (asset.file_name, asset.file_size) == ("guide.pdf", len(PDF))
    assert asset.points == ["Lease or buy", "Service costs"]
    assert asset.made_by == marketer
    assert AuditEntry.objects.filter(action="download made").exists()


def test_a_download_may_lie_elsewhere(browser, given):
    browser.post("/assets/add/", {**given, "external_url": "https://video.example/talk", "slug": "talk"})

    asset = Asset.objects.get()
    assert (asset.slug, asset.external_url, asset.file.name) == ("talk", "https://video.example/talk", "")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "Choose a file, or give the address"),
        ({"external_url": "javascript:alert(1)"}, "begins with https://"),
        ({"file": ("page.html", b"<script>")}, "Expected one of .pdf"),
        ({"file": ("guide.pdf", b"<script>")}, "is not what its name says"),
        ({"file": ("guide.pdf", b"")}, "The submitted file is empty"),
        ({"file": ("guide.pdf", PDF), "external_url": "https://video.example/"}, "not both"),
        ({"file": ("guide.pdf", PDF), "slug": "taken"}, "There is a download with the address taken already."),
        ({"file": ("guide.pdf", PDF), "slug": "../x"}, "such as spring-sale"),
        ({"file": ("guide.pdf", PDF), "form": "4711"}, "Select a valid choice"),
        ({"file": ("guide.pdf", PDF), "title": ""}, "This field is required"),
        ({"file": ("guide.pdf", PDF), "points": "a\nb\nc\nd\ne\nf"}, "at most 5 lines, got 6"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_kept(browser, given, change, expected):
    make_asset(slug="taken", file="", external_url="https://video.example/")
    before = stored_files()
    sent = {name: pdf(*value) if name == "file" else value for name, value in change.items()}

    response = browser.post("/assets/add/", {**given, "description": "24 pages", **sent})

    page = response.content.decode()
    assert response.status_code == 400
    assert expected in page
    assert "24 pages" in page
    assert Asset.objects.count() == 1
    assert stored_files() == before


def test_a_new_file_takes_the_place_of_the_old(browser, given, django_capture_on_commit_callbacks):
    asset = make_asset()

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"/assets/{asset.pk}/", {**given, "file": pdf("new.pdf", PDF + b"2")})

    asset.refresh_from_db()
    assert (asset.title, asset.file_name) == ("Buying guide", "new.pdf")
    assert len(stored_files()) == 1
    assert asset.file.read() == PDF + b"2"


def test_without_a_new_file_it_keeps_the_old(browser, given):
    asset = make_asset()

    browser.post(f"/assets/{asset.pk}/", given)

    former = asset.file.name
    asset.refresh_from_db()
    assert (asset.title, asset.file.name) == ("Buying guide", former)


def test_the_list_shows_what_became_of_each(browser):
    asset = make_asset(title="Buying guide")
    make_asset(title="Old guide", archived_at=NOON)
    for _ in range(4):
        count_one(Counted.ASSET_DOWNLOAD, asset.pk, now=NOON)

    page = words(browser.get("/assets/"))

    assert "Buying guide" in page
    assert "Old guide" not in page
    assert '<td class="right number">4</td>' in page
    assert "Old guide" in words(browser.get("/assets/?show=archived"))


def test_archiving_can_be_undone(browser):
    asset = make_asset(title="Buying guide")

    page = words(browser.post(f"/assets/{asset.pk}/archive/", follow=True))
    assert f'action="/assets/{asset.pk}/restore/"' in page
    browser.post(f"/assets/{asset.pk}/restore/")

    assert Asset.objects.in_use().get() == asset


def test_a_download_whose_form_is_gone_says_so(browser):
    asset = make_asset()
    asset.form.delete()

    assert "Its form is gone" in words(browser.get(f"/assets/{asset.pk}/"))
    assert "No form: closed" in words(browser.get("/assets/"))


def test_the_list_takes_as_many_queries_for_many_as_for_one(browser):
    make_asset()
    with CaptureQueriesContext(connection) as one:
        browser.get("/assets/")
    for _ in range(55):
        make_asset()

    with CaptureQueriesContext(connection) as many:
        assert 'rel="next"' in words(browser.get("/assets/"))

    assert len(many) == len(one)
