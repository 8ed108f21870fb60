import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

FIELDS = ("name", "n", "seconds", "rate", "p50_ms", "p99_ms", "limit_rate", "ratio", "database", "note")


def bench(**environment):
    command = [sys.executable, "-m", "bench"]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env={**os.environ, **environment}, capture_output=True, text=True, timeout=600
    )


@pytest.mark.parametrize(
    ("workload", "size"),
    [
        ("ingest_single", "80"),
        ("ingest_batch", "8000"),
        ("event_to_stage", "4"),
        ("rescore", "40"),
        ("list_page", "1100"),
        ("import_csv", "600"),
        ("claim", "4"),
    ],
)
def test_a_workload_runs_at_a_tiny_size_and_prints_json_lines(workload, size):
    done = bench(BENCH=workload, N=size)

    assert done.returncode == 0, done.stderr[-2_000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines
    for line in lines:
        assert line["name"] == workload
        assert set(FIELDS) <= line.keys()
        assert line["ratio"] > 0
        assert line.get("double_claims", 0) == 0


@pytest.mark.parametrize(("workload", "size"), [("whatif", "40"), ("backtest", "40")])
def test_a_workload_without_a_limit_says_how_long_it_took_at_most(workload, size):
    done = bench(BENCH=workload, N=size)

    assert done.returncode == 0, done.stderr[-2_000:]
    (line,) = map(json.loads, done.stdout.splitlines())
    assert (line["name"], line["ratio"]) == (workload, None)
    assert line["rate"] > 0
    assert line["longest_seconds"] > 0


def test_an_unknown_workload_is_named_with_those_that_there_are():
    done = bench(BENCH="nothing")

    assert done.returncode == 2
    assert "BENCH must be one of ingest_single" in done.stderr
    assert "got nothing" in done.stderr


def test_a_size_that_is_no_number_is_named():
    done = bench(BENCH="rescore", N="many")

    assert done.returncode == 2
    assert "N must be a whole number above 0, got many" in done.stderr
