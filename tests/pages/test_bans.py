"""The ban pages: who can see them, who can ban, what is refused."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from moderation.models import AuditEntry, Author, Ban
from moderation.sanctions.by_staff import issue_ban, revoke_ban
from tests.factories import BLOCKED, make_caller, make_log, make_project
from tests.markup import shows_as_text

BANS, NEW = "/p/arena/bans", "/p/arena/bans/new"
TERMS = {
    "user_id": "zed", "where": "channel", "channel_id": "general", "length": "1440",
    "reason": "spam",
}  # fmt: skip
EVIL = "<img src=x onerror=alert(1)>"


def ban(project, user_id="zed", channel_id="general", *, ago=timedelta(0), **changed):
    terms = {"type": "temporary", "hours": 24, "reason": "spam", "actor": "noor", **changed}
    return issue_ban(Author(project, user_id, channel_id), now=timezone.now() - ago, **terms)


def lift(made):
    return f"{BANS}/{made.pk}/lift"


def text_of(answer):
    return answer.content.decode()


def confirm(client, **changed):
    return client.post(NEW, {**TERMS, "confirmed": "yes", **changed})


# --- The list


def test_bans_in_force_and_ended_ones_stand_apart(arena, signed_in):
    ban(arena, "ann")
    revoke_ban(ban(arena, "bob"), reason="said sorry", actor="noor", now=timezone.now())
    ban(arena, "eve", ago=timedelta(days=2))
    page = signed_in("viewer")
    assert [row.user_id for row in page.get(BANS).context["page"].rows] == ["ann"]
    ended = page.get(f"{BANS}?state=ended")
    assert {row.user_id for row in ended.context["page"].rows} == {"bob", "eve"}
    assert "said sorry" in text_of(ended)
    assert "expired" in text_of(ended)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("user_id=an", ["anna", "ann"]),
        ("channel_id=lobby", ["anna"]),
        ("where=project", ["bob"]),
        ("where=channel", ["anna", "ann"]),
        ("type=permanent", ["bob"]),
        ("user_id=nobody", []),
        ("type=unheard-of", ["bob", "anna", "ann"]),
    ],
)
def test_filter_finds(arena, signed_in, query, found):
    ban(arena, "ann", ago=timedelta(hours=2))
    ban(arena, "anna", "lobby", ago=timedelta(hours=1))
    ban(arena, "bob", "", type="permanent", hours=None)
    rows = signed_in().get(f"{BANS}?{query}").context["page"].rows
    assert [row.user_id for row in rows] == found


def test_content_that_caused_a_ban_is_linked(arena, signed_in):
    made = ban(arena)
    Ban.objects.filter(pk=made.pk).update(log=make_log(arena))
    made.refresh_from_db()
    assert f"/p/arena/content/{made.log_id}" in text_of(signed_in().get(BANS))


def test_list_costs_the_same_with_more_rows(arena, signed_in, django_assert_num_queries):
    page = signed_in("admin")
    ban(arena)
    page.get(BANS)
    with django_assert_num_queries(8):
        page.get(BANS)
    for number in range(20):
        ban(arena, f"author{number}")
    with django_assert_num_queries(8):
        page.get(BANS)


def test_pages_follow_one_another_and_back(arena, signed_in):
    for number in range(120):
        ban(arena, f"author{number:03}", ago=timedelta(minutes=120 - number))
    page = signed_in()
    first = page.get(BANS).context["page"]
    second = page.get(BANS, {"before": first.older}).context["page"]
    third = page.get(BANS, {"before": second.older}).context["page"]
    seen = [row.user_id for rows in (first, second, third) for row in rows.rows]
    assert seen == [f"author{number:03}" for number in range(119, -1, -1)]
    assert (first.newer, third.older) == ("", "")
    assert page.get(BANS, {"after": third.newer}).context["page"].rows == second.rows
    assert page.get(BANS, {"after": second.newer}).context["page"].rows == first.rows


@pytest.mark.parametrize("cursor", ["x", "2026-01-01~x", "~", "2026-01-01T00:00:00~" + "0" * 32])
def test_what_is_no_cursor_shows_the_first_page(arena, signed_in, cursor):
    ban(arena)
    assert len(signed_in().get(BANS, {"before": cursor}).context["page"].rows) == 1


def test_hostile_names_are_shown_as_text(arena, signed_in):
    made = ban(arena, EVIL, EVIL, reason=EVIL)
    page = signed_in("admin")
    answers = [page.get(BANS), page.get(lift(made)), page.get(NEW, {"user_id": EVIL})]
    answers.append(page.post(NEW, {**TERMS, "user_id": EVIL, "reason": EVIL}))
    assert all(shows_as_text(answer, EVIL) for answer in answers)


def test_another_projects_bans_are_not_shown(arena, signed_in):
    ban(make_project("den"), "someone")
    ban(arena, "somebody")
    text = text_of(signed_in("owner").get(BANS))
    assert ("somebody" in text, "someone" in text) == (True, False)


# --- Issue


def test_ban_is_shown_before_it_is_issued(signed_in):
    page = signed_in("admin")
    shown = text_of(page.post(NEW, TERMS))
    assert "#general" in shown
    assert "has never posted in this project" in shown
    assert not Ban.objects.exists()


def test_confirmed_ban_is_issued_and_audited(signed_in):
    answer = confirm(signed_in("admin", "noor"))
    assert answer["Location"] == BANS
    made = Ban.objects.get()
    assert (made.user_id, made.channel_id, made.issued_by) == ("zed", "general", "noor")
    assert AuditEntry.objects.get(action="ban.issued").actor == "noor"


def test_author_is_muted_and_unmuted(arena, signed_in):
    page = signed_in("admin", "noor")
    chosen = {"sanction": "mute", "length": "10"}
    assert "Confirm the mute" in text_of(page.post(NEW, {**TERMS, **chosen}))
    confirm(page, **chosen)
    made = Ban.objects.get()
    assert (made.type, made.issued_by) == ("mute", "noor")
    assert "Mute" in text_of(page.get(BANS))
    assert "Lift the mute on zed" in text_of(page.get(lift(made)))
    page.post(lift(made), {"reason": "calm again"})
    made.refresh_from_db()
    assert made.lift_reason == "calm again"


@pytest.mark.parametrize(
    ("changed", "minutes"),
    [({"length": "10080"}, 10080), ({"length": "own", "minutes": "5"}, 5), ({"length": "10"}, 10)],
)
def test_ban_lasts_as_long_as_was_chosen(signed_in, changed, minutes):
    confirm(signed_in("admin"), **changed)
    made = Ban.objects.get()
    assert made.expires_at - made.issued_at == timedelta(minutes=minutes)


def test_permanent_ban_of_the_whole_project(signed_in):
    confirm(signed_in("admin"), where="project", length="permanent")
    made = Ban.objects.get()
    assert (made.channel_id, made.type, made.expires_at) == ("", "permanent", None)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"user_id": ""}, "user_id"),
        ({"channel_id": ""}, "channel_id"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 1001}, "reason"),
        ({"length": "own"}, "minutes"),
        ({"length": "own", "minutes": "0"}, "minutes"),
        ({"length": "permanent", "sanction": "mute"}, "length"),
        ({"length": "9"}, "length"),
        ({"user_id": "a\0b"}, "user_id"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_form_says_what_is_wrong_and_keeps_what_was_typed(signed_in, changed, field):
    answer = confirm(signed_in("admin"), **changed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert 'aria-invalid="true"' in text_of(answer)
    assert not Ban.objects.exists()


def test_change_it_leads_back_to_the_filled_form(signed_in):
    answer = signed_in("admin").post(NEW, {**TERMS, "confirmed": "yes", "edit": "yes"})
    assert 'value="zed"' in text_of(answer)
    assert not Ban.objects.exists()


def test_preview_says_what_stands_there_already(arena, signed_in):
    ban(arena)
    ban(arena, channel_id="", type="permanent", hours=None)
    shown = text_of(signed_in("admin").post(NEW, TERMS))
    assert "replaces the current ban" in shown
    assert "also banned from the whole project" in shown


def test_ban_over_a_permanent_one_is_refused_in_words(arena, signed_in):
    ban(arena, type="permanent", hours=None)
    answer = confirm(signed_in("admin"))
    assert answer.status_code == 409
    assert "already has a permanent ban there" in text_of(answer)


def test_form_in_the_page_is_put_back_where_it_was(signed_in):
    answer = signed_in("admin").post(NEW, {**TERMS, "reason": ""}, headers={"HX-Request": "true"})
    assert answer["HX-Retarget"] == "#ban-form"
    assert text_of(answer).startswith("<form")


# --- Lift


def test_lifting_asks_first_then_lifts_with_its_reason(arena, signed_in):
    made, page = ban(arena), signed_in("admin", "noor")
    assert "They can post in #general again" in text_of(page.get(lift(made)))
    assert page.post(lift(made), {"reason": "said sorry"})["Location"] == BANS
    made.refresh_from_db()
    assert (made.lifted_by, made.lift_reason) == ("noor", "said sorry")


def test_lifting_takes_the_strikes_back_where_asked(arena, signed_in):
    log = make_log(arena, BLOCKED, user_id="zed")
    signed_in("admin").post(lift(ban(arena)), {"reason": "said sorry", "strikes": "on"})
    assert not log.strikes.filter(revoked_at=None).exists()


def test_lifting_needs_a_reason(arena, signed_in):
    made = ban(arena)
    assert signed_in("admin").post(lift(made), {"reason": ""}).status_code == 422
    made.refresh_from_db()
    assert made.lifted_at is None


def test_ban_that_ended_meanwhile_is_told_as_a_conflict(arena, signed_in):
    made, page = ban(arena), signed_in("admin")
    page.post(lift(made), {"reason": "said sorry"})
    answer = page.post(lift(made), {"reason": "said sorry"})
    assert answer.status_code == 409
    assert "has already ended" in text_of(answer)


def test_ban_of_another_project_is_not_there(signed_in):
    made = ban(make_project("den"))
    assert signed_in("owner").get(lift(made)).status_code == 404
    assert signed_in("owner", "omar").post(lift(made), {"reason": "x"}).status_code == 404


# --- Who may


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_who_is_no_admin_reads_but_changes_nothing(arena, signed_in, role):
    made, page = ban(arena, "ann"), signed_in(role)
    text = text_of(page.get(BANS))
    assert "ann" in text
    assert "/lift" not in text
    assert NEW not in text
    assert page.get(NEW).status_code == 403
    assert confirm(page).status_code == 403
    assert page.post(lift(made), {"reason": "x"}).status_code == 403
    assert Ban.objects.filter(lifted_at=None).count() == 1


def test_stranger_finds_nothing(arena, signed_in):
    made, page = ban(arena), signed_in(None)
    codes = [page.get(path).status_code for path in (BANS, NEW, lift(made))]
    assert codes == [404, 404, 404]


def test_without_a_csrf_token_nothing_is_done(arena):
    page = Client(enforce_csrf_checks=True)
    page.force_login(make_caller(arena, "owner").user)
    assert confirm(page).status_code == 403
    assert not Ban.objects.exists()
