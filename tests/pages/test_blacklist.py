"""The blacklist pages: words, filters, test bench. test_words_import.py has the files."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from moderation import rules
from moderation.models import AuditEntry, BlacklistWord
from tests.factories import make_caller, make_log, make_project
from tests.markup import shows_as_text

LIST = "/p/arena/blacklist"
NEW, TEST, IMPORT, EXPORT = f"{LIST}/new", f"{LIST}/test", f"{LIST}/import", f"{LIST}/export"
EVIL = "<img src=x onerror=alert(1)>"
WORD = {
    "word": "zounds", "kind": "word", "language": "*", "category": "insult", "severity": "high",
}  # fmt: skip


def text_of(answer):
    return answer.content.decode()


def add(project, word="zounds", **fields):
    base = {"language": "*", "category": "insult", "severity": "high"}
    return rules.add_word(project, "tests", {"word": word, **base, **fields})


def names(answer):
    return [word.word for word in answer.context["page"].rows]


def told(answer):
    return [str(message) for message in answer.context["messages"]]


# --- The list


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["free", "zounds"]),
        ("?search=OUND", ["zounds"]),
        ("?language=es", ["free"]),
        ("?category=spam", ["free"]),
        ("?severity=high", ["zounds"]),
        ("?state=off", ["late", "gone"]),
        ("?state=", ["late", "gone", "free", "zounds"]),
        ("?category=unheard-of", ["free", "zounds"]),
    ],
)
def test_filter_finds(arena, signed_in, query, found):
    add(arena)
    add(arena, "free", language="es", category="spam", severity="low")
    rules.remove_word(add(arena, "gone"), "tests")
    add(arena, "late", expires_at=timezone.now() - timedelta(days=1))
    assert names(signed_in("viewer").get(f"{LIST}{query}")) == found


def test_list_costs_the_same_with_more_words(arena, signed_in, django_assert_num_queries):
    page = signed_in("admin")
    add(arena)
    page.get(LIST)
    with django_assert_num_queries(9):
        page.get(LIST)
    rules.import_words(arena, "tests", [{**_row(), "word": f"w{n}x"} for n in range(40)])
    with django_assert_num_queries(9):
        page.get(LIST)


def _row():
    return {"language": "*", "category": "insult", "severity": "high"}


def test_pages_follow_one_another(arena, signed_in):
    rules.import_words(arena, "tests", [{**_row(), "word": f"word{n}x"} for n in range(60)])
    page = signed_in()
    first = page.get(LIST)
    second = page.get(LIST, {"before": first.context["page"].older})
    assert len(set(names(first) + names(second))) == 60


def test_words_of_another_project_are_not_shown(signed_in):
    word = add(make_project("den"))
    page = signed_in("owner")
    assert names(page.get(LIST)) == []
    assert page.get(f"{LIST}/{word.pk}").status_code == 404
    assert page.post(f"{LIST}/{word.pk}/off").status_code == 404
    assert page.get(LIST, {"undo": word.pk}).context["undo"] is None


# --- One word


def test_added_word_acts_on_the_next_message(arena, signed_in):
    answer = signed_in("admin", "noor").post(NEW, {**WORD, "score": "0.95"})
    assert answer["Location"] == LIST
    assert BlacklistWord.objects.get().added_by == "noor"
    assert make_log(arena, "zounds").verdict == "block"
    assert AuditEntry.objects.filter(action="word.added", actor="noor").exists()


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"word": ""}, "word", "required"),
        ({"word": r"(a)\(b(o|[)]c", "kind": "regex"}, "word", "never closed at position 6"),
        ({"word": "a(?=b)", "kind": "regex"}, "word", "at position 1"),
        ({"word": "a*", "kind": "regex"}, "word", "empty string"),
        ({"word": "\u200b"}, "word", "no visible character"),
        ({"language": "Klingon!"}, "language", "valid value"),
        ({"category": "toxicity"}, "category", "valid choice"),
        ({"score": "2"}, "score", "less than or equal to 1"),
        ({"score": "nan"}, "score", "Enter a number"),
        ({"expires_at": "soon"}, "expires_at", "valid date"),
        ({"word": "a\0b"}, "word", "Null characters"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_form_says_what_is_wrong_at_its_field(signed_in, changed, field, said):
    answer = signed_in("admin").post(NEW, {**WORD, **changed})
    assert answer.status_code == 422
    assert said in " ".join(answer.context["form"].errors[field])
    assert not BlacklistWord.objects.exists()


def test_word_that_is_there_is_refused(arena, signed_in):
    add(arena)
    answer = signed_in("admin").post(NEW, WORD)
    assert answer.status_code == 409
    assert "already on the list in this language" in text_of(answer)


def test_changed_word_is_kept_with_all_its_fields(arena, signed_in):
    word, page = add(arena), signed_in("admin")
    assert 'value="zounds"' in text_of(page.get(f"{LIST}/{word.pk}"))
    fields = {**WORD, "word": "gadzooks", "notes": "old", "expires_at": "2030-01-02T03:04"}
    page.post(f"{LIST}/{word.pk}", fields)
    word.refresh_from_db()
    assert (word.word, word.notes, word.expires_at.year) == ("gadzooks", "old", 2030)


def sent_by(page, word, **changed):
    """Return what the form of a word sends: its fields, and what it showed."""
    form = page.get(f"{LIST}/{word.pk}").context["form"]
    shown = {field.name: field.value() for field in form if field.value() not in (None, "")}
    return {**shown, **{f"initial-{name}": value for name, value in shown.items()}, **changed}


def test_only_changed_fields_of_a_word_are_sent(arena, signed_in):
    word, page = add(arena), signed_in("admin")
    fields = sent_by(page, word, notes="mild", score="")
    rules.change_word(word, "another", {"severity": "low"})
    page.post(f"{LIST}/{word.pk}", fields)
    word.refresh_from_db()
    assert (word.notes, word.severity) == ("mild", "low")
    changed = AuditEntry.objects.filter(action="word.changed").latest("pk")
    assert changed.data == {"fields": ["notes"]}


def test_a_form_without_a_change_stores_nothing(arena, signed_in):
    word, page = add(arena), signed_in("admin")
    answer = page.post(f"{LIST}/{word.pk}", sent_by(page, word), follow=True)
    assert told(answer) == ["Nothing to save: you changed nothing."]
    assert not AuditEntry.objects.filter(action="word.changed").exists()


def test_a_shown_word_brings_back_every_field(arena, signed_in):
    page = text_of(signed_in("admin").get(f"{LIST}/{add(arena).pk}"))
    for name in ("word", "kind", "match", "language", "category", "severity", "score", "notes"):
        assert f'name="initial-{name}"' in page, name


def test_word_switched_off_can_be_switched_on_again(arena, signed_in):
    word, page = add(arena), signed_in("admin")
    answer = page.post(f"{LIST}/{word.pk}/off?language=%2A", follow=True)
    assert answer.context["undo"] == word
    assert answer.context["wanted"]["language"] == "*"
    assert make_log(arena, "zounds").verdict == "allow"
    assert told(page.post(f"{LIST}/{word.pk}/on", follow=True)) == ["The word is active again."]
    assert make_log(arena, "zounds").verdict == "block"
    assert AuditEntry.objects.filter(action="word.restored").exists()


def test_word_does_not_act_again_beside_its_like(arena, signed_in):
    word = add(arena)
    rules.remove_word(word, "tests")
    add(arena)
    answer = signed_in("admin").post(f"{LIST}/{word.pk}/on", follow=True)
    assert "already" in told(answer)[0]
    assert BlacklistWord.objects.filter(is_active=True).count() == 1


# --- The bench


def test_new_word_is_tried_without_being_added(signed_in):
    texts = "oh z0unds\nastounds me\nZ O U N D S"
    answer = signed_in("admin").post(NEW, {**WORD, "texts": texts, "try": "yes"})
    assert [bool(sample.matches) for sample in answer.context["samples"]] == [True, False, True]
    assert '<mark data-kind="insult"' in text_of(answer)
    assert not BlacklistWord.objects.exists()


def test_changed_word_is_tried_without_being_changed(arena, signed_in):
    word = add(arena)
    fields = {**WORD, "word": "gadzooks", "texts": "gadzooks", "try": "yes"}
    answer = signed_in("admin").post(f"{LIST}/{word.pk}", fields)
    assert answer.context["samples"][0].matches
    assert "Edit a word" in text_of(answer)
    word.refresh_from_db()
    assert word.word == "zounds"


def test_pattern_that_cannot_run_is_not_tried(signed_in):
    broken = {**WORD, "word": "(", "kind": "regex", "texts": "x", "try": "yes"}
    assert signed_in("admin").post(NEW, broken).status_code == 422


def test_bench_shows_only_the_projects_own_words(arena, signed_in):
    add(arena)
    add(arena, "idiot", severity="low")
    answer = signed_in("viewer").post(TEST, {"text": "zounds, you idiot, damn"})
    assert answer.context["sample"].words == ["zounds", "idiot"]


def test_bench_shows_no_text_that_a_whitelisted_phrase_allows(arena, signed_in):
    add(arena)
    rules.allow_phrase(arena, "tests", "by zounds")
    answer = signed_in().post(TEST, {"text": "by zounds"}, headers={"HX-Request": "true"})
    assert answer.context["sample"].words == []
    assert "<html" not in text_of(answer)


@pytest.mark.parametrize("text", ["", " ", "x" * 10_001], ids=["empty", "blank", "long"])
def test_bench_refuses_what_is_no_text(signed_in, text):
    assert signed_in().post(TEST, {"text": text}).status_code == 422


# --- Who may


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_who_is_no_admin_reads_but_changes_nothing(arena, signed_in, role):
    word, page = add(arena), signed_in(role)
    text = text_of(page.get(LIST))
    assert "zounds" in text
    assert "Turn off" not in text
    one = f"{LIST}/{word.pk}"
    answers = [page.get(path) for path in (NEW, one, IMPORT, EXPORT)]
    answers += [page.post(path) for path in (NEW, one, f"{one}/off", f"{one}/on", IMPORT)]
    assert {answer.status_code for answer in answers} == {403}
    assert BlacklistWord.objects.get().is_active


def test_stranger_finds_nothing(arena, signed_in):
    word, page = add(arena), signed_in(None)
    paths = [LIST, NEW, TEST, IMPORT, EXPORT, f"{LIST}/{word.pk}"]
    assert {page.get(path).status_code for path in paths} == {404}


def test_without_a_csrf_token_nothing_is_done(arena):
    word, page = add(arena), Client(enforce_csrf_checks=True)
    page.force_login(make_caller(arena, "owner").user)
    assert page.post(f"{LIST}/{word.pk}/off").status_code == 403
    assert page.post(NEW, {**WORD, "word": "other"}).status_code == 403
    assert BlacklistWord.objects.get().is_active


def test_hostile_word_is_shown_as_text(arena, signed_in):
    word, page = add(arena, EVIL, notes=EVIL), signed_in("admin")
    shown = [page.get(LIST), page.get(f"{LIST}/{word.pk}"), page.post(TEST, {"text": EVIL})]
    shown.append(page.post(f"{LIST}/{word.pk}/off", follow=True))
    assert all(shows_as_text(answer, EVIL) for answer in shown)
