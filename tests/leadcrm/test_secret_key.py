"""The secret key of an embedded installation."""

from leadcrm.secret_key import kept_secret_key


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "var" / "secret_key"

    key = kept_secret_key(path)

    assert len(key) >= 50
    assert path.stat().st_mode & 0o777 == 0o600
    assert kept_secret_key(path) == key


def test_two_installations_have_different_keys(tmp_path):
    assert kept_secret_key(tmp_path / "one") != kept_secret_key(tmp_path / "two")
