"""Every address of the product, and who may use it. An address without a row in the table fails."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.authtoken.models import Token

from leads.merging.merge import merge_leads
from leads.models import ChatDialogue, DuplicateCandidate, Role, Stage, User
from tests.make import (
    NOON,
    make_asset,
    make_connector,
    make_conversation,
    make_form,
    make_import,
    make_kiosk,
    make_link,
    make_organization,
    make_source,
    make_sql,
    make_user,
)
from tests.make_rules import TRIAL, publish_rules

ANONYMOUS = "anonymous"
WHO = (ANONYMOUS, *Role.values)
ANYONE = frozenset(WHO)
USERS = frozenset(Role.values)
CLAIMING = frozenset({"sales", "manager", "admin"})
CAPTURING = frozenset({"marketer", "manager", "admin"})
EDITING_CHATS = frozenset({"manager", "admin"})
MERGING = frozenset({"marketer", "manager", "admin"})
KEEPING_SECRETS = frozenset({"manager", "admin"})
RULE_READING = frozenset({"marketer", "manager", "admin"})
ADMIN = frozenset({"admin"})
# A write key or a token of its own opens these, and nobody's sign-in does.
KEY_HOLDERS: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """Who is let in; how the address is asked for where a plain GET would not do, and what it then answers at most."""

    who: frozenset[str]
    method: str = "get"
    path: str = ""
    status: int = 302


TABLE = {
    # Screens
    "": Row(USERS),
    "leads/": Row(USERS),
    "leads/add/": Row(USERS),
    "leads/export/": Row(CAPTURING),
    "leads/<int:lead_id>/": Row(USERS),
    "leads/<int:lead_id>/activity/": Row(USERS),
    "leads/<int:lead_id>/claim/": Row(CLAIMING, "post"),
    "leads/<int:lead_id>/release/": Row(CLAIMING, "post"),
    "leads/<int:lead_id>/calls/add/": Row(USERS),
    "leads/<int:lead_id>/calls/<int:event_id>/take-back/": Row(USERS, "post"),
    "forms/": Row(CAPTURING),
    "forms/add/": Row(CAPTURING),
    "forms/<int:form_id>/": Row(CAPTURING),
    "forms/<int:form_id>/copy/": Row(CAPTURING, "post"),
    "forms/<int:form_id>/switch/": Row(CAPTURING, "post"),
    "forms/<int:form_id>/blocked/": Row(CAPTURING),
    "forms/<int:form_id>/blocked/<int:submission_id>/": Row(CAPTURING, "post", status=404),
    "leads/<int:lead_id>/merge/": Row(MERGING),
    "duplicates/": Row(USERS),
    "duplicates/<int:first_id>/<int:second_id>/": Row(USERS),
    "duplicates/<int:first_id>/<int:second_id>/merge/": Row(MERGING, "post"),
    "duplicates/<int:first_id>/<int:second_id>/dismiss/": Row(MERGING, "post"),
    "duplicates/<int:first_id>/<int:second_id>/reopen/": Row(MERGING, "post"),
    "duplicates/merges/<int:merge_id>/undo/": Row(MERGING, "post"),
    "queue/": Row(USERS),
    "organizations/": Row(USERS),
    "organizations/<int:organization_id>/": Row(USERS),
    "scoring/": Row(USERS),
    "chat/": Row(CAPTURING),
    "chat/new/": Row(EDITING_CHATS),
    "chat/conversations/": Row(CAPTURING),
    "chat/conversations/<uuid:public_id>/": Row(USERS),
    "chat/<int:dialogue_id>/edit/": Row(CAPTURING),
    "chat/<int:dialogue_id>/draft/": Row(EDITING_CHATS, "post"),
    "chat/<int:dialogue_id>/undo/": Row(EDITING_CHATS, "post"),
    "chat/<int:dialogue_id>/restore/<int:number>/": Row(EDITING_CHATS, "post"),
    "chat/<int:dialogue_id>/settings/": Row(EDITING_CHATS),
    "chat/<int:dialogue_id>/switch/": Row(EDITING_CHATS, "post"),
    "chat/<int:dialogue_id>/try/": Row(CAPTURING),
    # The chat that visitors meet
    "chat.js": Row(ANYONE),
    "chat/w/<slug:slug>/": Row(ANYONE, path="/chat/w/qualify/"),
    "chat/w/<slug:slug>/launch.js": Row(ANYONE, path="/chat/w/qualify/launch.js"),
    "chat/w/<slug:slug>/colours.css": Row(ANYONE, path="/chat/w/qualify/colours.css"),
    "scoring/progress/": Row(USERS),
    "scoring/try/": Row(RULE_READING),
    "scoring/figures/": Row(RULE_READING),
    "scoring/edit/": Row(ADMIN, "post", status=404),
    "scoring/versions/": Row(RULE_READING),
    "scoring/versions/import/": Row(ADMIN, "post", status=400),
    "scoring/versions/<int:version>/": Row(RULE_READING),
    "scoring/versions/<int:version>/export/": Row(RULE_READING),
    "scoring/versions/<int:version>/draft/": Row(ADMIN, "post"),
    "scoring/versions/<int:version>/discard/": Row(ADMIN, "post"),
    "scoring/versions/<int:version>/publish/": Row(ADMIN),
    "scoring/what-if/": Row(RULE_READING),
    "scoring/backtest/": Row(RULE_READING),
    "scoring/backtest/accept/": Row(ADMIN, "post"),
    "scoring/backtest/dismiss/": Row(ADMIN, "post"),
    "scoring/backtest/restore/": Row(ADMIN, "post"),
    "assets/": Row(CAPTURING),
    "assets/add/": Row(CAPTURING),
    "assets/<int:asset_id>/": Row(CAPTURING),
    "assets/<int:asset_id>/archive/": Row(CAPTURING, "post"),
    "assets/<int:asset_id>/restore/": Row(CAPTURING, "post"),
    "kiosks/": Row(CAPTURING),
    "kiosks/<int:kiosk_id>/": Row(CAPTURING),
    "kiosks/<int:kiosk_id>/end/": Row(CAPTURING, "post"),
    "kiosks/<int:kiosk_id>/code.svg": Row(CAPTURING),
    "check-in/<slug:key>/": Row(CAPTURING),
    "check-in/<slug:key>/code.svg": Row(CAPTURING),
    "links/": Row(CAPTURING),
    "links/add/": Row(CAPTURING),
    "links/<int:link_id>/": Row(CAPTURING),
    "links/<int:link_id>/archive/": Row(CAPTURING, "post"),
    "links/<int:link_id>/restore/": Row(CAPTURING, "post"),
    "links/<int:link_id>/code.svg": Row(CAPTURING),
    "sources/": Row(CAPTURING),
    "sources/add/": Row(CAPTURING),
    "sources/<int:source_id>/": Row(CAPTURING),
    "sources/<int:source_id>/events/<int:event_id>/": Row(CAPTURING, status=404),
    "sources/<int:source_id>/rejected/<int:rejected_id>/": Row(CAPTURING, status=404),
    "sources/<int:source_id>/rename/": Row(CAPTURING, "post"),
    "sources/<int:source_id>/off/": Row(CAPTURING, "post"),
    "sources/<int:source_id>/on/": Row(CAPTURING, "post"),
    "sources/<int:source_id>/renew-key/": Row(CAPTURING, "post"),
    "connectors/": Row(CAPTURING),
    "connectors/add/<slug:provider_key>/": Row(KEEPING_SECRETS, path="/connectors/add/stripe/"),
    "connectors/<int:connector_id>/": Row(CAPTURING),
    "connectors/<int:connector_id>/edit/": Row(KEEPING_SECRETS),
    "connectors/<int:connector_id>/mapping/": Row(CAPTURING),
    "connectors/<int:connector_id>/switch/": Row(KEEPING_SECRETS, "post"),
    "connectors/<int:connector_id>/renew/": Row(KEEPING_SECRETS),
    "connectors/<int:connector_id>/remove/": Row(KEEPING_SECRETS),
    "connectors/<int:connector_id>/test/": Row(CAPTURING, "post"),
    "connectors/<int:connector_id>/replay/": Row(CAPTURING, "post"),
    "connectors/<int:connector_id>/deliveries/<int:delivery_id>/": Row(CAPTURING, status=404),
    "connectors/<int:connector_id>/deliveries/<int:delivery_id>/replay/": Row(CAPTURING, "post", status=404),
    "imports/": Row(CAPTURING),
    "imports/<int:job_id>/": Row(CAPTURING),
    "imports/<int:job_id>/progress/": Row(CAPTURING),
    "imports/<int:job_id>/problems.csv": Row(CAPTURING),
    "imports/<int:job_id>/columns/": Row(CAPTURING, "post", status=400),
    **{
        f"imports/<int:job_id>/{step}/": Row(CAPTURING, "post")
        for step in ("start", "stop", "go-on", "undo", "discard")
    },
    # What visitors use
    "d/<slug:slug>/": Row(ANYONE, path="/d/no-such-download/", status=404),
    "d/<slug:slug>/<str:token>/": Row(ANYONE, path="/d/no-such-download/no-token/", status=404),
    "d/<slug:slug>/<str:token>/file/": Row(ANYONE, path="/d/no-such-download/no-token/file/", status=404),
    # A kiosk's pass opens these, and nobody's sign-in does; its worker holds nothing secret.
    "kiosk/<slug:key>/": Row(KEY_HOLDERS),
    "kiosk/<slug:key>/cards/": Row(KEY_HOLDERS, "post"),
    "kiosk/<slug:key>/worker.js": Row(ANYONE),
    r"^r/(?P<slug>.*?)/?$": Row(ANYONE, path="/r/no-such-link/", status=404),
    # Capture: these take a write key, the last two take nothing and keep nothing
    "^v1/(?P<call>identify|track|page|screen|group|alias|batch)/?$": Row(KEY_HOLDERS, "post", "/v1/track"),
    "^v1/import/?$": Row(KEY_HOLDERS, "post", "/v1/import"),
    **{f"^v1/{short}/?$": Row(KEY_HOLDERS, "post", f"/v1/{short}") for short in "itpsgab"},
    "^beacon/v1/batch/?$": Row(KEY_HOLDERS, "post", "/beacon/v1/batch"),
    "^v1/m/?$": Row(ANYONE, "post", "/v1/m"),
    "^(?:v1|beacon)/": Row(ANYONE, "post", "/v1/nothing", status=404),
    r"^v1/projects/(?P<key>[^/]{1,64})/settings/?$": Row(KEY_HOLDERS, path="/v1/projects/wk_other/settings"),
    "^sourceConfig/?$": Row(KEY_HOLDERS, path="/sourceConfig/"),
    r"^c\.js$": Row(ANYONE, path="/c.js"),
    r"^analytics\.js/v1/[^/]{1,64}/analytics(?:\.min)?\.js$": Row(ANYONE, path="/analytics.js/v1/wk/analytics.min.js"),
    r"^analytics-next/bundles/(?P<name>[\w.-]+)$": Row(ANYONE, path="/analytics-next/bundles/no.js", status=404),
    "^(?:batch|capture)/?$": Row(KEY_HOLDERS, "post", "/batch/"),
    "^(?:e|i/v0/e)/?$": Row(KEY_HOLDERS, "post", "/e/"),
    "^s/?$": Row(ANYONE, "post", "/s/"),
    "^(?:flags|decide)/?$": Row(ANYONE, "post", "/flags/"),
    r"^array/(?P<key>[^/]{1,64})/config\.js$": Row(ANYONE, path="/array/wk/config.js"),
    "^array/[^/]{1,64}/config/?$": Row(ANYONE, path="/array/wk/config"),
    # Forms and the link that confirms: for visitors, without any sign-in
    "f/<slug:key>/": Row(ANYONE),
    "f/<slug:key>/frame/": Row(ANYONE),
    "f/<slug:key>/thanks/": Row(ANYONE),
    "f/<slug:key>/seen/": Row(ANYONE, "post"),
    "f/<slug:key>/embed.js": Row(ANYONE),
    "f/<slug:key>/style.css": Row(ANYONE),
    "o/<str:token>/": Row(ANYONE, path="/o/old/", status=410),
    # Vendors deliver to an address that nobody else knows; this is none of them.
    r"^hooks/(?P<provider>[\w-]{1,40})/(?P<key>[\w-]{1,64})/?$": Row(ANYONE, "post", "/hooks/stripe/none/", 404),
    # REST
    "api/leads/": Row(USERS),
    "api/leads/<int:pk>/": Row(USERS),
    "api/leads/<int:pk>/events/": Row(USERS),
    "api/leads/<int:pk>/explanation/": Row(USERS),
    "api/leads/<int:pk>/links/<slug:slug>/": Row(USERS, path="/api/leads/1/links/none/", status=404),
    "api/leads/<int:pk>/claim/": Row(CLAIMING, "post"),
    "api/leads/<int:pk>/release/": Row(CLAIMING, "post"),
    "api/leads/<int:pk>/merge/": Row(MERGING, "post", status=400),
    "api/merges/": Row(USERS),
    "api/merges/<int:pk>/undo/": Row(MERGING, "post"),
    "api/duplicates/": Row(USERS),
    "api/duplicates/<int:pk>/dismiss/": Row(MERGING, "post"),
    "api/events/": Row(USERS),
    "api/organizations/": Row(USERS),
    "api/organizations/<int:pk>/": Row(USERS),
    "api/forms/": Row(USERS),
    "api/forms/<int:pk>/": Row(USERS),
    "api/queue/": Row(USERS),
    "api/rule-sets/": Row(RULE_READING),
    "api/rule-sets/<int:version>/": Row(RULE_READING),
    "api/rule-sets/<int:version>/what-if/": Row(RULE_READING),
    "api/rule-sets/<int:version>/diff/": Row(RULE_READING),
    "api/rule-sets/<int:version>/draft/": Row(ADMIN, "post"),
    "api/rule-sets/<int:version>/backtest/": Row(RULE_READING),
    "api/rule-sets/<int:version>/publish/": Row(ADMIN, "post"),
    "api/schema/": Row(USERS),
    "api/docs/": Row(USERS),
    # Accounts
    "accounts/login/": Row(ANYONE),
    "accounts/logout/": Row(ANYONE, "post"),
    "accounts/password_change/": Row(USERS),
    "accounts/password_change/done/": Row(USERS),
    "accounts/password_reset/": Row(ANYONE),
    "accounts/password_reset/done/": Row(ANYONE),
    "accounts/reset/<uidb64>/<token>/": Row(ANYONE, path="/accounts/reset/MQ/set-password/"),
    "accounts/reset/done/": Row(ANYONE),
    "setup/": Row(ANYONE, status=404),  # gone once there is a user, whoever asks
    # Operations
    "healthz": Row(ANYONE),
    "readyz": Row(ANYONE),
    "metrics": Row(ADMIN),
    # Django admin guards its own addresses, all alike; the sign-in is ours.
    "admin/login/": Row(ADMIN),
    "admin/*": Row(ADMIN),
}


def routes(patterns, prefix: str = "") -> Iterator[str]:
    """Walk the URL resolver and return every route below `prefix`."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


ROUTES = sorted(set(routes(get_resolver().url_patterns)))
ADMIN_ROUTES = [route for route in ROUTES if route.startswith("admin/") and route not in TABLE]


@pytest.fixture
def client_of(db):
    """Return a client signed in as someone of a role, named like it, by cookie and by token at once."""
    for role in Role:
        make_user(role.value, role)

    def sign_in(who):
        if who == ANONYMOUS:
            return Client()
        user = User.objects.get(username=who)
        client = Client(headers={"authorization": f"Token {Token.objects.create(user=user).key}"})
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def is_let_in(response, who=USERS) -> bool:
    """Tell whether an answer is about the thing asked for, not about who asks.

    The way to the sign-in is a refusal, but where anyone may come: signing out leads there too.
    """
    if response.status_code == 302 and who != ANYONE:
        return not re.match(r"/(accounts/login|admin/login)/", response["Location"])
    return response.status_code not in (401, 403)


def test_every_address_has_a_row_and_every_row_an_address():
    known = {"admin/*" if route in ADMIN_ROUTES else route for route in ROUTES}

    assert known - TABLE.keys() == set(), "addresses without a row"
    assert TABLE.keys() - known == set(), "rows without an address"


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("route", [route for route in TABLE if route != "admin/*"])
def test_an_address_lets_in_whom_the_table_says(client_of, route, who):
    row, client = TABLE[route], client_of(who)
    path = row.path or "/" + re.sub(r"<[^>]+>", str(thing_for(route, who)), route)

    response = client.get(path) if row.method == "get" else client.post(path, "{}", content_type="application/json")

    assert is_let_in(response, row.who) == (who in row.who), (response.status_code, response.headers.get("Location"))
    if who in row.who:
        assert response.status_code <= row.status


def thing_for(route, who) -> object:
    """Store what the address is about and return its id; what is to be released is the asker's own."""
    archived = publish_rules([TRIAL])
    publish_rules([TRIAL])
    if "rule-sets" in route or "<int:version>" in route:
        return archived.version
    if route.startswith("chat/conversations/"):
        return make_conversation().public_id
    if route.startswith("chat/"):
        return 1 if "restore" in route else ChatDialogue.objects.get().pk
    organization = make_organization("Initech")
    if "kiosk_id" in route:
        return make_kiosk().pk
    if "asset_id" in route:
        return make_asset(external_url="https://www.halden.example/guide.pdf", file="").pk
    if "source_id" in route:
        return make_source().pk
    if "connector_id" in route:
        return make_connector().pk
    if "job_id" in route:
        return make_import().pk
    if "link_id" in route:
        return make_link().pk
    if "<slug:key>" in route:
        return make_form().key
    if "<int:form_id>" in route or "forms/<int:pk>" in route:
        return make_form().pk
    if "organizations" in route:
        return organization.pk
    if "duplicates/<int:pk>" in route:
        one, other = make_sql(), make_sql()
        return DuplicateCandidate.objects.create(first=one, second=other, reason="Same.", created_at=NOON).pk
    if "merge_id" in route or "merges/<int:pk>" in route:
        by = make_user()
        return merge_leads(make_sql().pk, make_sql().pk, by=by, now=NOON).pk
    owner = User.objects.filter(username=who).first()
    claimed = {"stage": Stage.CLAIMED, "owner": owner, "claimed_at": NOON} if "release" in route else {}
    return make_sql(organization=organization, **claimed).pk


@pytest.mark.parametrize("who", WHO)
def test_django_admin_lets_in_admins_alone(client_of, who):
    client = client_of(who)
    paths = {
        "/" + re.sub(r"\(\?P<\w+>.*?\)/?|<[^>]+>|[\^$]", lambda part: _sample(part[0]), route) for route in ADMIN_ROUTES
    }

    answers = {path: client.get(path) for path in sorted(paths)}

    assert len(answers) > 30
    assert [path for path, answer in answers.items() if answer.status_code >= 500] == []
    let_in = {path for path, answer in answers.items() if answer.status_code == 200}
    if who == "admin":
        assert len(let_in) > 10
        assert "/admin/" in let_in
    else:
        assert let_in == set()
        assert {answer.status_code for answer in answers.values()} <= {302, 403, 404, 405}


def _sample(part: str) -> str:
    """Return what may stand for a part of an admin route."""
    if part in "^$":
        return ""
    return "leads/" if "app_label" in part else "1"


def test_nobody_may_use_an_address_that_is_not_in_the_table(client_of):
    response = client_of("admin").get("/no/such/address/")

    assert response.status_code == 404
