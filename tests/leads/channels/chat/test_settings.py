import pytest

from leads.channels.chat.settings import InvalidSetting, frame_ancestors, read_colour, read_domains, save_dialogue
from leads.models import AuditEntry, ChatDialogue
from tests.make import NOON


def test_a_colour_must_carry_white_text():
    assert read_colour(" #0F6650 ") == "#0f6650"
    # White on black is 21 to 1, by WCAG's own formula; on #767676 it is 4.54, the lightest grey that passes.
    assert read_colour("#767676") == "#767676"
    with pytest.raises(InvalidSetting, match=r"#777777 has a contrast of 4\.48"):
        read_colour("#777777")
    with pytest.raises(InvalidSetting, match="got “red”"):
        read_colour("red")


def test_domains_are_read_from_lines_commas_and_addresses():
    assert read_domains("Example.com, https://shop.example.org/cart\nlocalhost:8000 example.com") == [
        "example.com",
        "shop.example.org",
        "localhost:8000",
    ]
    for wrong in ("*", "exa mple.com; script-src *", "-a.com", "a..b"):
        with pytest.raises(InvalidSetting, match="looks like example"):
            read_domains(wrong)
    with pytest.raises(InvalidSetting, match="At most 20"):
        read_domains(" ".join(f"s{number}.example.com" for number in range(21)))


def test_the_frame_is_allowed_on_the_domains_and_below():
    assert frame_ancestors([]) == ["*"]
    assert frame_ancestors(["example.com", "127.0.0.1:80", "localhost"]) == [
        *("'self'", "example.com", "127.0.0.1:80", "localhost", "*.example.com"),
    ]


GIVEN = {"name": "Site", "colour": "#0f6650", "launcher": "Ask us", "domains": ""}


def test_a_dialogue_gets_a_name_for_its_address_that_no_other_has(admin_user):
    first, second = ChatDialogue(draft={"steps": []}), ChatDialogue(draft={"steps": []})

    save_dialogue(first, GIVEN, by=admin_user, now=NOON)
    save_dialogue(second, {**GIVEN, "name": "Site "[:4] + "!"}, by=admin_user, now=NOON)

    assert (first.slug, second.slug) == ("site", "site-2")
    assert AuditEntry.objects.filter(action="chat dialogue made", actor=admin_user).count() == 2


def test_a_name_is_given_once(admin_user):
    save_dialogue(ChatDialogue(draft={"steps": []}), GIVEN, by=admin_user, now=NOON)

    with pytest.raises(InvalidSetting, match="called “Site” already") as refusal:
        save_dialogue(ChatDialogue(draft={"steps": []}), GIVEN, by=admin_user, now=NOON)

    assert refusal.value.field == "name"
