"""The appeal pages: the author's behind a signed link, the moderators' list and answer."""

import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from moderation.accounts.actors import person_as_actor
from moderation.accounts.projects import change_project
from moderation.lib.paging import page_of_oldest
from moderation.lib.signed_links import Subject, SubjectKind, appeal_path, token_for
from moderation.models import Author, Ban
from moderation.sanctions.by_staff import issue_ban
from moderation_site.logs import hide_secrets
from reviews.appeals.answer import Answer, decide_appeal
from reviews.appeals.ask import appeal
from reviews.appeals.author_texts import LANGUAGES, WORDS
from reviews.appeals.canned_answers import canned_answers
from reviews.models import Appeal
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def blocked(project):
    return factories.make_log(project, factories.BLOCKED, user_id="u1", message_id="m1")


def link_to(subject, since=None):
    kind = SubjectKind.BAN if isinstance(subject, Ban) else SubjectKind.CONTENT
    begins = since or (subject.issued_at if kind == SubjectKind.BAN else subject.judged_at)
    return appeal_path(token_for(Subject(kind, subject.pk), begins))


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


# --- The author's


def test_an_author_appeals_and_reads_the_answer(client, project, blocked):
    link = link_to(blocked)
    assert "Your message is not shown" in page(client, link)
    sent = client.post(link, {"statement": "It was a <b>joke</b>."})
    assert sent.status_code == 302
    waiting = page(client, link)
    assert "It was a &lt;b&gt;joke&lt;/b&gt;." in waiting
    assert "A person will read your appeal." in waiting
    noor = factories.make_caller(project)
    answer = Answer("overturned", "Sorry, <i>friend</i>.")
    decide_appeal(Appeal.objects.get().pk, answer, noor, now=timezone.now())
    read = page(client, link)
    assert "Sorry, &lt;i&gt;friend&lt;/i&gt;." in read
    assert "<textarea" not in read
    assert noor.name not in read


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_the_languages_of_gavel(client, blocked, language):
    text = page(client, f"{link_to(blocked)}?lang={language}")
    assert f'<html lang="{language}"' in text
    assert WORDS[language]["send"] in text


def test_the_page_speaks_the_contents_language(client, project):
    log = factories.make_log(project, "Te voy a matar, hijo de puta")
    assert '<html lang="es"' in page(client, link_to(log))


@pytest.mark.parametrize("text", ["", "  ", "x" * 5001, "nul\0"])
def test_what_is_no_statement_is_shown_again(client, blocked, text):
    assert client.post(link_to(blocked), {"statement": text}).status_code == 422
    assert not Appeal.objects.exists()


def test_pressed_twice_is_sent_once(client, blocked):
    for _ in range(2):
        assert client.post(link_to(blocked), {"statement": "A joke."}).status_code == 302
    assert Appeal.objects.count() == 1


def test_an_appeal_needs_the_csrf_token(blocked):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link_to(blocked), {"statement": "A joke."}).status_code == 403


def test_a_banned_author_reads_why(client, project):
    ban = issue_ban(
        Author(project, "u1"), type="permanent", hours=None, reason="Sold <accounts>",
        actor="noor", now=timezone.now(),
    )  # fmt: skip
    text = page(client, link_to(ban))
    assert "Sold &lt;accounts&gt;" in text
    assert "with no end date" in text
    assert client.post(link_to(ban), {"statement": "Not me."}).status_code == 302


def test_the_statement_has_the_fields_of_article_17(client, blocked):
    text = page(client, f"{link_to(blocked)}/statement")
    for name in ("decision_visibility", "decision_facts", "automated_decision", "application_date"):
        assert f">{name}</dt>" in text


@pytest.mark.parametrize("ending", ["", "/statement"])
def test_a_link_tells_nobody_else(client, blocked, ending):
    answer = client.get(link_to(blocked) + ending)
    assert answer["Referrer-Policy"] == "strict-origin"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"


def bent(link):
    return f"{link[:-1]}{'B' if link[-1] == 'A' else 'A'}x"


@pytest.mark.parametrize("path", ["/appeal/x", "/appeal/c0-x.y", "/appeal/%00", "/appeal/ä.ö"])
def test_a_wrong_link_leads_nowhere(client, db, path):
    page(client, path, 404)
    page(client, f"{path}/statement", 404)


def test_a_bent_link_leads_nowhere(client, blocked):
    page(client, bent(link_to(blocked)), 404)


def test_a_link_ends_after_six_months(client, blocked):
    since = timezone.now() - timedelta(days=184)
    assert "This link has expired" in page(client, link_to(blocked, since), 410)


def test_a_link_to_what_was_removed_leads_nowhere(client, blocked):
    link = link_to(blocked)
    blocked.delete()
    page(client, link, 404)


def test_the_token_of_an_appeal_leads_to_its_page(client, blocked):
    _, token = appeal(blocked, "A joke.", now=timezone.now())
    assert "A joke." in page(client, appeal_path(token))


def test_an_author_is_led_to_the_report_where_it_is_public(client, blocked):
    project, report = blocked.project, f"/transparency/{blocked.project.slug}"
    assert report not in page(client, link_to(blocked))
    change_project(project, {"is_transparency_public": True}, actor="tests")
    assert report in page(client, link_to(blocked))


def test_no_token_reaches_the_log(client, db, caplog):
    with caplog.at_level(logging.WARNING):
        client.get("/appeal/secret.token")
        client.get("/api/v1/appeals/status/secret")
    said = [
        hide_secrets(None, "", {"event": record.getMessage()})["event"] for record in caplog.records
    ]
    assert said
    assert "secret" not in "".join(said)


# --- The moderators'


def test_the_list_shows_what_waits_and_what_was_answered(signed_in, project, blocked):
    made, _ = appeal(blocked, "A <joke>.", now=timezone.now())
    browser = signed_in("moderator")
    assert "A &lt;joke&gt;." in page(browser, "/p/forum/appeals")
    sent = {"outcome": "upheld", "note": "No.", "version": "1"}
    assert browser.post(f"/p/forum/appeals/{made.pk}", sent).status_code == 302
    assert "No open appeals" in page(browser, "/p/forum/appeals")
    assert "Upheld" in page(browser, "/p/forum/appeals?state=decided")
    assert "No." in page(browser, f"/p/forum/appeals/{made.pk}")


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"outcome": "upheld", "note": ""}, 422, "required"),
        ({"outcome": "other", "note": "kept words"}, 422, "kept words"),
        ({"note": "kept words"}, 422, "kept words"),
        ({"outcome": "upheld", "note": "kept words", "version": "9"}, 409, "kept words"),
    ],
)
def test_an_answer_is_refused_and_what_was_typed_stays(signed_in, blocked, sent, status, said):
    made, _ = appeal(blocked, "A joke.", now=timezone.now())
    answer = signed_in("moderator").post(f"/p/forum/appeals/{made.pk}", sent)
    assert (answer.status_code, said in answer.content.decode()) == (status, True)


def test_who_decided_first_reads_that_another_must_answer(project, blocked, signed_in):
    browser = signed_in("moderator", "noor")
    signed_in("moderator")
    ban = issue_ban(
        Author(project, "u1", ""), type="permanent", hours=None, reason="rude",
        actor=person_as_actor(User.objects.get(username="noor")), now=timezone.now(),
    )  # fmt: skip
    made, _ = appeal(ban, "Not me.", now=timezone.now())
    assert "another member must answer" in page(browser, f"/p/forum/appeals/{made.pk}")
    sent = {"outcome": "upheld", "note": "No."}
    assert browser.post(f"/p/forum/appeals/{made.pk}", sent).status_code == 403


def test_a_viewer_reads_only(signed_in, blocked):
    made, _ = appeal(blocked, "A joke.", now=timezone.now())
    browser = signed_in("viewer")
    assert 'name="note"' not in page(browser, f"/p/forum/appeals/{made.pk}")
    sent = {"outcome": "upheld", "note": "No."}
    assert browser.post(f"/p/forum/appeals/{made.pk}", sent).status_code == 403


def test_an_appeal_of_another_project_is_as_absent_as_none(signed_in, db):
    log = factories.make_log(factories.make_project("other"), factories.BLOCKED)
    made, _ = appeal(log, "A joke.", now=timezone.now())
    page(signed_in("owner"), f"/p/forum/appeals/{made.pk}", 404)


def test_the_queue_leads_to_the_appeal(signed_in, blocked):
    made, _ = appeal(blocked, "A joke.", now=timezone.now())
    item = blocked.reviews.get()
    text = page(signed_in("moderator"), f"/p/forum/queue/{item.pk}")
    assert f"/p/forum/appeals/{made.pk}" in text
    assert 'id="decide-form"' not in text
    assert "lane=appeals" in text


def appealed(project, texts):
    """Appeal a blocked message with each text, the first one first."""
    now = timezone.now()
    for number, text in enumerate(texts):
        sent = now - timedelta(hours=60 - 24 * number)
        log = factories.make_log(project, factories.BLOCKED, user_id=f"u{number}", now=sent)
        appeal(log, text, now=sent)


def test_open_appeals_stand_oldest_first_with_their_due_time(signed_in, project):
    appealed(project, ["First.", "Second.", "Third."])
    text = page(signed_in("moderator"), "/p/forum/appeals")
    assert text.index("First.") < text.index("Second.") < text.index("Third.")
    assert text.count('data-label="Due"') == 3
    assert text.count("since <time") == 2


def test_words_are_covered_in_the_list_and_in_the_facts(signed_in, project, blocked):
    made, _ = appeal(blocked, "A joke.", now=timezone.now())
    browser = signed_in("moderator")
    word = blocked.detected_words[0]
    assert word not in page(browser, "/p/forum/appeals")
    text = page(browser, f"/p/forum/appeals/{made.pk}")
    assert f"Found in it: {word}" not in text
    assert "•••" in text


def test_an_appeal_shows_the_authors_record_and_prepared_answers(signed_in, blocked):
    made, _ = appeal(blocked, "A joke.", now=timezone.now())
    text = page(signed_in("moderator"), f"/p/forum/appeals/{made.pk}")
    assert "1 in <bdi>#general</bdi>" in text
    assert "The rules of this community: " in text  # the first decision's reason
    assert 'data-text="You are right: your message breaks no rule.' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_prepared_answers_speak_the_authors_language(language):
    assert len({answer.text for answer in canned_answers(language)}) == 4
    assert canned_answers("xx") == canned_answers("en")


def test_the_list_goes_on_page_by_page(project):
    appealed(project, ["First.", "Second.", "Third."])
    rows = Appeal.objects.filter(project=project)
    first = page_of_oldest(rows, "created_at", size=2)
    rest = page_of_oldest(rows, "created_at", after=first.older, size=2)
    assert [row.statement for row in first.rows] == ["First.", "Second."]
    assert [row.statement for row in rest.rows] == ["Third."]
    assert rest.older == ""
