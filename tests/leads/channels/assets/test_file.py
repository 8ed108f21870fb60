"""Which files are taken for downloads, and under which names they lie."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from leads.channels.assets.file import keep_file, safe_name
from leads.models.asset import asset_storage
from leads.people.edit import InvalidField

PDF = b"%PDF-1.7 hello"


def upload(name, content=PDF):
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("Guide.PDF", PDF, "application/pdf"),
        ("book.epub", b"PK\x03\x04...", "application/epub+zip"),
        ("prices.csv", b"name;price\n", "text/csv"),
        ("map.png", b"\x89PNG\r\n\x1a\n...", "image/png"),
        ("talk.mp4", b"\x00\x00\x00\x20ftypisom", "video/mp4"),
    ],
)
def test_a_file_is_kept_under_a_name_of_ours(name, content, media_type):
    kept = keep_file(upload(name, content))

    assert (kept.name, kept.media_type, kept.size) == (name, media_type, len(content))
    assert kept.stored_as.startswith("downloads/")
    assert name not in kept.stored_as
    assert asset_storage().open(kept.stored_as).read() == content


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("page.html", b"<script>", "Expected one of .pdf"),
        ("picture.svg", b"<svg>", "Expected one of .pdf"),
        ("program.exe", b"MZ", "Expected one of .pdf"),
        ("guide.pdf.js", PDF, "Expected one of .pdf"),
        ("guide", PDF, "Expected one of .pdf"),
        ("guide.pdf", b"<script>alert(1)</script>", "is not what its name says"),
        ("guide.zip", PDF, "is not what its name says"),
        ("prices.csv", b"a;b\x00", "is not what its name says"),
        ("guide.pdf", b"", "not empty; got 0 bytes"),
    ],
)
def test_other_files_are_refused_and_nothing_is_kept(name, content, expected):
    with pytest.raises(InvalidField, match=expected):
        keep_file(upload(name, content))

    storage = asset_storage()
    assert not storage.exists("downloads") or storage.listdir("downloads")[1] == []


def test_a_file_over_the_limit_is_refused(settings):
    settings.MOST_MEGABYTES_OF_A_DOWNLOAD = 1

    with pytest.raises(InvalidField, match="at most 1 MB"):
        keep_file(upload("guide.pdf", PDF + b"0" * 1024 * 1024))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\ada\\guide.pdf", "guide.pdf"),
        ('a"b\r\nc.pdf', "abc.pdf"),
        ("guide\u202efdp.exe", "guidefdp.exe"),
        ("...", "file"),
        ("Führer für Büros.pdf", "Führer für Büros.pdf"),
    ],
)
def test_a_name_has_no_folder_and_no_tricks(name, safe):
    assert safe_name(name) == safe


@given(st.text(max_size=400))
def test_every_name_is_short_and_plain(name):
    safe = safe_name(name)

    assert 0 < len(safe) <= 132
    assert not set(safe) & set('/\\\0\r\n"<>:|?*')
