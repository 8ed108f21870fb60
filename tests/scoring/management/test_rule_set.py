import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.default import DEFAULT_RULE_SET


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("rule_set", *arguments, stdout=out)
    return out.getvalue()


def test_the_live_rule_set_goes_out_changed_in_and_live(db, tmp_path):
    file = tmp_path / "rules.json"
    run("export", str(file))
    definition = json.loads(file.read_text())
    definition["policy"]["mql_threshold"] = 35
    file.write_text(json.dumps(definition))

    version = run("import", str(file))
    answer = run("publish", version.strip(), "--note", "Earlier MQLs")

    assert version == "2\n"
    assert answer == "Default v2 is live. Every lead will be scored by it.\n"
    live = RuleSet.objects.get(status=RuleSetStatus.LIVE)
    assert (live.version, live.note, live.policy.mql_threshold) == (2, "Earlier MQLs", 35)


def test_export_without_a_file_writes_json_to_the_terminal(db):
    assert json.loads(run("export")) == DEFAULT_RULE_SET


WITH_PARTS = {
    "name": "Halden",
    "personas": [
        {
            "name": "Office manager",
            "minimum": 0.5,
            "criteria": [{"name": "Role", "field": "title", "op": "contains", "value": "office", "points": 12}],
        }
    ],
    "journeys": [
        {"name": "Evaluate", "window_days": 30, "steps": [{"name": "Guide", "kind": "quiz", "conditions": []}]}
    ],
    "policy": {"require_persona": "Office manager", "require_journey": "any"},
}


def test_personas_journeys_and_gates_go_in_and_out_the_same(db, tmp_path):
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(WITH_PARTS))

    version = run("import", str(file)).strip()
    out = json.loads(run("export", "--of", version))

    assert (out["personas"], out["journeys"]) == (WITH_PARTS["personas"], WITH_PARTS["journeys"])
    assert (out["policy"]["require_persona"], out["policy"]["require_journey"]) == ("Office manager", "any")


def test_a_file_is_imported_and_published_at_once(db, tmp_path):
    file = tmp_path / "rules.json"
    file.write_text('{"name": "Halden"}')

    run("publish", str(file))

    assert str(RuleSet.objects.get(status=RuleSetStatus.LIVE)) == "Halden v2"


@pytest.mark.parametrize(
    ("arguments", "content", "complaint"),
    [
        (("publish", "9"), "", "VERSION must be one of 1, got 9."),
        (("publish", "1"), "", "Default v1 is live already."),
        (("export", "--of", "4"), "", "VERSION must be one of 1, got 4."),
        (("import", "FILE"), "{", "must hold JSON"),
        (("import", "FILE"), "[]", "must be an object"),
        (("import", "FILE"), '{"name": "A", "colour": 1}', "colour: is not known here"),
        (
            ("import", "FILE"),
            '{"name": "A", "personas": [{}]}',
            "personas[0].criteria: must name at least one criterion",
        ),
        (("import", "/nowhere/rules.json"), "", "can't be read: No such file or directory"),
    ],
)
def test_a_mistake_is_told_and_changes_nothing(db, tmp_path, arguments, content, complaint):
    file = tmp_path / "rules.json"
    file.write_text(content)

    with pytest.raises(CommandError) as refusal:
        run(*(str(file) if argument == "FILE" else argument for argument in arguments))

    assert complaint in str(refusal.value)
    assert RuleSet.objects.count() == 1
