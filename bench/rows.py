"""Many leads and events by SQL alone: quick to make, of even spread, the same every time."""

from collections.abc import Sequence

from django.core.management.color import no_style
from django.db import connection

from bench.traffic import make_source
from leads.models import Event, Identifier, Lead, LeadSearch, Organization

ORGANIZATIONS = 1_000
FIRST_NAMES = ("Maja", "Erik", "Sara", "Jonas", "Amara", "Noah", "Leila", "Tomasz", "Sofia", "Oliver", "Hanna")
LAST_NAMES = ("Lindqvist", "Haugen", "Ekdahl", "Brandt", "Okafor", "Visser", "Ricci", "Wieczorek", "Thorne", "Nyberg",
              "Kjaer", "Carrasco", "Fontaine")  # fmt: skip
# So many leads, however many there are in all, have a name that no other has.
RARE = 20
RARE_NAME = "Quillfeather"
TITLES = ("Office manager", "Owner", "Head of operations", "Student", "Managing director", "Engineer")
COUNTRIES = ("Sweden", "Norway", "Germany", "United Kingdom", "Italy", "Poland", "Denmark")
INDUSTRIES = ("Hospitality", "Software", "Retail", "Education")
SOURCES = ("ad", "form", "ebook", "webinar", "newsletter")
STAGES = ("engaged", "engaged", "engaged", "mql", "mql", "new", "engaged", "mql", "recycled", "engaged")
KINDS = ("page_viewed", "page_viewed", "email_opened", "page_viewed", "ebook_downloaded", "page_viewed",
         "webinar_attended", "email_clicked", "form_submitted", "page_viewed", "trial_started", "store_visited",
         "social_interaction")  # fmt: skip
PATHS = ("/pricing", "/machines/s2", "/blog", "/lease", "/pricing/lease")
DAY = 86_400
YEAR = 365 * DAY


def make_leads(first: int, last: int, *, events: int = 0) -> None:
    """Store leads with these ids, with so many events each; the statistics are fresh afterwards."""
    if first == 1:
        _organizations()
    _leads(first, last)
    _search(first, last)
    if events:
        _identifiers(first, last)
        _events(first, last, events)
    _execute("ANALYZE")


def _organizations() -> None:
    _execute(f"""
        INSERT INTO leads_organization (id, name, domain, external_id, industry, employee_count, country, attributes,
                                        attribute_times, created_at)
        SELECT i, {_pick(LAST_NAMES, "i", 1)} || ' ' || i || ' AB', 'company' || i || '.example', '',
               {_pick(INDUSTRIES, "i", 3)}, 5 + (i * 7919) % 900, {_pick(COUNTRIES, "i", 5)}, {_json("'{}'")},
               {_json("'{}'")}, {_ago("0")}
        FROM {_series(1, ORGANIZATIONS)}
    """)
    _continue_ids(Organization)


def _leads(first: int, last: int) -> None:
    fit, behaviour = f"({_hash('i', 11)} % 4000) / 100.0", f"({_hash('i', 13)} % 6000) / 100.0"
    acted, number = _ago(f"{_hash('i', 17)} % {YEAR}"), f"({_hash('i', 19)} % 900)"
    usual = _pick(LAST_NAMES, "i", 3)
    columns = {
        "id": "i", "kind": "'person'", "email": "'lead' || i || '@bench.example'", "phone": "''",
        "first_name": _pick(FIRST_NAMES, "i", 2),
        "last_name": f"CASE WHEN i <= {RARE} THEN '{RARE_NAME}' ELSE {usual} || ' ' || {number} END",
        "title": _pick(TITLES, "i", 7), "country": _pick(COUNTRIES, "i", 5), "source": _pick(SOURCES, "i", 29),
        "organization_id": f"1 + {_hash('i', 23)} % {ORGANIZATIONS}", "attributes": _json("'{}'"),
        "attribute_times": _json("'{}'"), "stage": _pick(STAGES, "i", 31), "stage_changed_at": acted,
        "recycled_at": acted, "score": f"{fit} + {behaviour}", "fit": fit, "behaviour": behaviour, "persona": "''",
        "facts_version": "1", "last_event_at": acted, "last_event_kind": "'page_viewed'", "created_at": _ago(f"{YEAR}"),
    }  # fmt: skip
    names, values = ", ".join(columns), ", ".join(columns.values())
    _execute(f"INSERT INTO leads_lead ({names}) SELECT {values} FROM {_series(first, last)}")
    _continue_ids(Lead)


def _search(first: int, last: int) -> None:
    _execute(f"""
        INSERT INTO {LeadSearch._meta.db_table} (lead_id, text)
        SELECT l.id, lower(l.first_name || ' ' || l.last_name || ' ' || l.email || ' ' || o.name)
        FROM leads_lead l JOIN leads_organization o ON o.id = l.organization_id WHERE l.id BETWEEN {first} AND {last}
    """)


def _identifiers(first: int, last: int) -> None:
    _execute(f"""
        INSERT INTO leads_identifier (id, kind, value, lead_id, created_at)
        SELECT i, 'email', 'lead' || i || '@bench.example', i, {_ago("0")} FROM {_series(first, last)}
    """)
    _continue_ids(Identifier)


def _events(first: int, last: int, each: int) -> None:
    source = make_source().pk
    begin = (first - 1) * each
    lead = f"(i - 1) / {each} + 1"
    properties = f"""'{{"path": "' || {_pick(PATHS, "i", 41)} || '", "webinar": ' || (i % 5) || '}}'"""
    _execute(f"""
        INSERT INTO leads_event (id, source_id, message_id, identifier_id, lead_id, kind, name, channel, occurred_at,
                                 received_at, properties, signal)
        SELECT i, {source}, 'bench-' || i, {lead}, {lead}, {_pick(KINDS, "i", 37)}, '', '',
               {_ago(f"{_hash('i', 43)} % {200 * DAY}")}, {_ago("0")},
               {_json(properties)}, ''
        FROM {_series(begin + 1, last * each)}
    """)
    _continue_ids(Event)


def _series(first: int, last: int) -> str:
    up = f"SELECT {first} AS i UNION ALL SELECT i + 1 FROM up WHERE i < {last}"
    return f"(WITH RECURSIVE up AS ({up}) SELECT i FROM up) s"


def _hash(number: str, salt: int) -> str:
    """Return an expression of a number that jumps about between 0 and 2**31."""
    mixed = f"({number} * CAST({48_271 + salt} AS bigint) + {salt * 7_919}) % 2147483647"
    return f"({mixed} * CAST(16807 AS bigint) % 2147483647)"


def _pick(values: Sequence[str], number: str, salt: int) -> str:
    whens = " ".join(f"WHEN {position} THEN '{value}'" for position, value in enumerate(values))
    return f"CASE {_hash(number, salt)} % {len(values)} {whens} END"


def _ago(seconds: str) -> str:
    """Return an expression for a time so many seconds ago."""
    if connection.vendor == "postgresql":
        return f"now() - make_interval(secs => {seconds})"
    return f"strftime('%Y-%m-%d %H:%M:%S', 'now', '-' || ({seconds}) || ' seconds')"


def _json(text: str) -> str:
    return f"CAST({text} AS jsonb)" if connection.vendor == "postgresql" else text


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _continue_ids(*models: type) -> None:
    for statement in connection.ops.sequence_reset_sql(no_style(), models):
        _execute(statement)
