"""What restarts and load balancers ask, and what Prometheus reads."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from leads.models import RejectedEvent
from tests.make import NOON, make_event, make_lead, make_sql


def test_healthz_asks_nothing_of_the_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_health_is_told_to_whoever_asks_by_whatever_name_and_over_plain_http(client, db, settings):
    settings.SECURE_SSL_REDIRECT = True

    responses = [client.get(path, headers={"host": "10.1.2.3:8000"}) for path in ("/healthz", "/readyz")]

    assert [response.status_code for response in responses] == [200, 200]
    assert not any(response.cookies for response in responses)


def test_ready_tells_of_each_part(client, db):
    response = client.get("/readyz")

    parts = response.json()["parts"]
    assert response.status_code == 200
    assert set(parts) == {"database", "migrations", "broker", "scoring"}
    assert parts["database"] == {"status": "ok", "vendor": connection.vendor}
    assert parts["migrations"] == {"status": "ok", "missing": []}
    assert parts["scoring"]["lag_seconds"] == 0


def test_the_lag_is_the_age_of_the_oldest_due_score(client, db):
    now = timezone.now()
    make_lead(score_due_at=now - timedelta(seconds=90))
    make_lead(score_due_at=now - timedelta(seconds=30))
    make_lead(score_due_at=now + timedelta(hours=2))

    part = client.get("/readyz").json()["parts"]["scoring"]

    assert part["status"] == "ok"
    assert 90 <= part["lag_seconds"] < 95


def test_scoring_that_does_not_keep_up_is_not_ready(client, db, settings):
    settings.SCORING_LAG_LIMIT = 60
    make_lead(score_due_at=timezone.now() - timedelta(seconds=90))

    response = client.get("/readyz")

    assert (response.status_code, response.json()["status"]) == (503, "failed")
    assert response.json()["parts"]["scoring"]["status"] == "failed"
    assert response.json()["parts"]["database"]["status"] == "ok"


def test_a_missing_migration_is_named(client, db):
    [(app, latest)] = MigrationLoader(connection).graph.leaf_nodes("scoring")
    MigrationRecorder(connection).migration_qs.filter(app=app, name=latest).delete()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["parts"]["migrations"]["missing"] == [f"scoring.{latest}"]


@pytest.mark.parametrize("address", ["redis://:s3cret@127.0.0.1:1/0", "http://s3cret@127.0.0.1"])
def test_a_broker_that_does_not_answer_fails_without_telling_its_password(client, db, settings, address):
    settings.REDIS_URL = address

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["parts"]["broker"]["status"] == "failed"
    assert "s3cret" not in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_database_without_its_tables_fails_and_answers(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE leads_lead RENAME TO leads_away")
    try:
        response = client.get("/readyz")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE leads_away RENAME TO leads_lead")

    assert response.status_code == 503
    assert response.json()["parts"]["scoring"]["status"] == "failed"
    assert "error" in response.json()["parts"]["scoring"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_what_only_answers_refuses_to_be_written_to(client, db, path):
    assert client.post(path).status_code == 405


def test_metrics_count_leads_queue_lag_and_events(admin_user, api_of):
    make_lead(score_due_at=timezone.now() - timedelta(seconds=50))
    waiting = make_sql()
    make_lead(merged_into=waiting, score_due_at=timezone.now() - timedelta(days=1))
    last = [make_event(waiting) for _ in range(3)][-1]
    refused = RejectedEvent.objects.create(reason="no type", body="{}", received_at=NOON)

    lines = api_of(admin_user).get("/metrics").content.decode().splitlines()

    assert 'leadcrm_leads{stage="new"} 1.0' in lines
    assert 'leadcrm_leads{stage="sql"} 1.0' in lines
    assert 'leadcrm_leads{stage="mql"} 0.0' in lines
    assert "leadcrm_sqls_waiting 1.0" in lines
    assert "leadcrm_leads_due 1.0" in lines
    assert f"leadcrm_events_total {last.pk}.0" in lines
    assert f"leadcrm_rejected_events_total {refused.pk}.0" in lines
    (lag,) = [float(line.split()[1]) for line in lines if line.startswith("leadcrm_scoring_lag_seconds")]
    assert 50 <= lag < 55


def test_metrics_are_counted_once_for_many_scrapes(admin_user, api_of, django_assert_num_queries):
    client = api_of(admin_user)
    client.get("/metrics")

    with django_assert_num_queries(1):  # whose token it is
        response = client.get("/metrics")

    assert response.status_code == 200
    assert cache.get("metrics") == response.content


def test_metrics_are_open_to_the_token_from_the_settings(client, db, settings):
    settings.METRICS_TOKEN = "scrape-me"

    def ask(value):
        return client.get("/metrics", headers={"authorization": value}).status_code

    assert ask("Bearer scrape-me") == 200
    assert ask("Bearer guess") == 401
    assert ask("Bearer ") == 401
    assert ask("Token guess") == 401


def test_without_a_metrics_token_an_empty_one_opens_nothing(client, db):
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 401
