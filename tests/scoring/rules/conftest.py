import pytest

from scoring.rules.draft import import_draft
from tests.make import NOON


@pytest.fixture
def draft(db):
    """A rule set with one rule, as version 2 beside the default one."""
    rules = [{"name": "Trial started", "kind": "trial_started", "points": 15, "half_life_days": 14}]
    return import_draft({"name": "Halden", "rules": rules}, now=NOON)
