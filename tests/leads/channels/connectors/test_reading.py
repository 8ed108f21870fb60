"""What vendors send is read whatever it is."""

from leads.channels.connectors.reading import read_json


def test_numbers_that_no_database_holds_are_as_good_as_missing():
    body = b'{"nan": NaN, "infinite": -Infinity, "digits": 1' + b"0" * 400 + b', "id": 9007199254740993}'

    assert read_json(body) == {"nan": None, "infinite": None, "digits": None, "id": 9007199254740993}
