"""The policy page: its fields, its versions, their differences, restoring one."""

import pytest

from moderation.engine.verdict.policy import policy_to_dict
from moderation.models import PolicyVersion, Project
from moderation.rules import change_policy
from moderation.rules.compile import stored_policy
from tests.factories import make_project

PAGE = "/p/arena/settings/policy"


def text_of(answer):
    return answer.content.decode()


def fields_of(page, address=PAGE, **changed):
    """Return what the page's form would send."""
    shown = page.get(address).context["form"]
    values = {field.name: field.value() for field in shown}
    return {name: value for name, value in {**values, **changed}.items() if value not in (None, "")}


def in_force(slug="arena"):
    return policy_to_dict(stored_policy(Project.objects.get(slug=slug)))


def test_a_number_is_changed_and_nothing_else(signed_in, arena):
    page, before = signed_in("admin"), in_force()
    page.post(PAGE, fields_of(page, thresholds__flag="0.7", languages="en, es"))
    thresholds = {**before["thresholds"], "flag": 0.7}
    assert in_force() == {**before, "thresholds": thresholds, "languages": ["en", "es"]}


def test_what_was_changed_by_another_meanwhile_stays(signed_in, arena):
    page = signed_in("admin")
    fields = fields_of(page, strike_days="7")
    change_policy(arena, "ada", {"strike_days": 9, "retention_days": 10})
    page.post(PAGE, {**fields, "retention_days": "10"})
    assert (in_force()["strike_days"], in_force()["retention_days"]) == (7, 10)


def test_a_preset_fills_the_form_and_is_taken_whole(signed_in):
    page = signed_in("admin")
    page.post(PAGE, fields_of(page, f"{PAGE}?preset=strict"))
    assert (in_force()["preset"], in_force()["approved_verdicts"]) == ("strict", ["allow"])


def test_saving_what_is_in_force_makes_no_version(signed_in):
    page = signed_in("admin")
    page.post(PAGE, fields_of(page))
    assert PolicyVersion.objects.count() == 1


BAD = {
    "no number": ({"thresholds__warn": "much"}, "thresholds__warn"),
    "descending": ({"thresholds__warn": "0.95"}, "__all__"),
    "a language that is none": ({"languages": "english language"}, "languages"),
    "no day": ({"strike_days": "0"}, "strike_days"),
    "no domain": ({"blocked_link_domains": "good.example, xn--a.example"}, "blocked_link_domains"),
}


@pytest.mark.parametrize(("fields", "where"), BAD.values(), ids=BAD)
def test_what_is_wrong_stands_at_its_field(signed_in, fields, where):
    page = signed_in("admin")
    refused = page.post(PAGE, fields_of(page, **fields))
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, [where])
    assert PolicyVersion.objects.count() == 1


def test_versions_show_what_each_changed_and_can_be_restored(signed_in, arena):
    page = signed_in("admin")
    change_policy(arena, "<b>ada</b>", {"thresholds": {"flag": 0.8}, "auto_ban": False})
    shown = page.get(PAGE)
    changed = [(one.label, one.was, one.now) for one in shown.context["versions"][0]["changed"]]
    assert changed == [("Flag at", "0.6", "0.8"), ("Ban automatically", "yes", "no")]
    assert "<b>ada</b>" not in text_of(shown)
    asked = text_of(page.get(f"{PAGE}/1/restore"))
    assert "Flag at: 0.8 → 0.6" in asked
    assert "Restore this version" in asked
    assert "Restore this version" not in text_of(page.get(f"{PAGE}/2/restore"))
    page.post(f"{PAGE}/1/restore")
    assert (in_force()["thresholds"]["flag"], PolicyVersion.objects.count()) == (0.6, 3)


@pytest.mark.parametrize("number", [7, 10**30])
def test_a_version_that_is_not_there_is_not_found(signed_in, arena, number):
    change_policy(make_project("valley"), "tests", {"strike_days": 3})
    assert signed_in("admin").get(f"{PAGE}/{number}/restore").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_who_is_no_admin_neither_sees_nor_changes_it(signed_in, role):
    page = signed_in(role)
    assert [page.get(PAGE).status_code, page.post(f"{PAGE}/1/restore").status_code] == [403, 403]


def test_what_is_kept_of_a_text_is_chosen_there(signed_in, arena):
    page = signed_in("admin")
    assert fields_of(page)["storage"] == "full"
    page.post(PAGE, fields_of(page, storage="hash"))
    assert in_force()["storage"] == "hash"


# --- The sentences


def blanks_of(answer):
    sentences = [one for _, group in answer.context["sections"] for one in group]
    return {blank.field.name: blank for one in sentences for blank in one.blanks}


def test_every_field_stands_in_a_sentence_once(signed_in):
    answer = signed_in("admin").get(PAGE)
    assert set(blanks_of(answer)) == set(answer.context["form"].fields) - {"preset"}
    assert text_of(answer).count('name="thresholds__flag"') == 1
    assert answer.context["changes"] == 0


def test_a_preset_marks_what_it_would_change(signed_in):
    blanks = blanks_of(signed_in("admin").get(f"{PAGE}?preset=strict"))
    changed = {name: blank.was for name, blank in blanks.items() if blank.is_changed}
    assert changed["thresholds__warn"] == "0.3"
    assert changed["strike_verdicts"] == "block"
    assert "storage" not in changed


def test_a_refused_form_still_marks_what_was_changed(signed_in):
    page = signed_in("admin")
    refused = page.post(PAGE, fields_of(page, strike_days="0"))
    changed = [name for name, blank in blanks_of(refused).items() if blank.is_changed]
    assert changed == ["strike_days"]
    assert "changed, was 30" in text_of(refused)
