"""An author's page, and the authors who stand out."""

import pytest
from django.db import transaction
from django.utils import timezone

from moderation.engine.verdict.policy import PRESETS
from moderation.events.event import Cause
from moderation.models import AuditEntry, Author, WhitelistedUser
from moderation.sanctions.author_lock import lock_author
from moderation.sanctions.bans import ban_author
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import DecisionKind
from tests.factories import BLOCKED, FLAGGED, make_item, make_log
from tests.reviews.moments import NOON

PAGE = "/p/forum/authors"


def author(client, user_id="ana"):
    return client.get(PAGE, {"user_id": user_id})


def test_an_author_s_past_is_told(project, signed_in):
    make_log(project, BLOCKED, user_id="ana")
    text = author(signed_in("viewer")).content.decode()
    assert 'aria-label="1 of' in text or "1 of 3 strikes" in text
    assert "Block by word list" in text


def test_strikes_are_told_with_the_place_where_they_count(project, signed_in):
    make_log(project, BLOCKED, user_id="ana")
    assert "1 of 3 strikes in <bdi>#general</bdi>" in author(signed_in("viewer")).content.decode()


@pytest.mark.parametrize("text", ["BRAMBLE", "jack", "The Bard", "bard"])
def test_an_author_is_found_by_a_part_of_id_or_display_name(project, signed_in, text):
    log = make_log(project, user_id="bramblejack")
    type(log).objects.filter(pk=log.pk).update(username="The Bard")
    make_log(project, user_id="somebody-else")
    page = signed_in().get(PAGE, {"search": text}).content.decode()
    assert "1 author with" in page
    assert "?user_id=bramblejack" in page


def test_a_search_without_a_result_says_so(signed_in):
    page = signed_in().get(PAGE, {"search": "nobody"})
    assert (page.status_code, "No author found" in page.content.decode()) == (200, True)


def test_an_admin_bans_from_the_page_without_typing_the_id(project, signed_in):
    make_log(project, user_id="ana b")
    page = author(signed_in("admin"), "ana b").content.decode()
    assert 'href="/p/forum/bans/new?user_id=ana%20b"' in page


def test_a_decision_stands_in_the_timeline(project, noor, signed_in):
    item = make_item(project, FLAGGED, user_id="ana")
    decide(item.pk, DecisionRequest(DecisionKind.REJECT, reason_code="insult"), noor, now=NOON)
    text = author(signed_in()).content.decode()
    assert "by noor</b> as insult" in text


def test_a_ban_in_force_is_told(project, signed_in):
    with transaction.atomic():
        lock_author(Author(project, "ana", ""), PRESETS["balanced"])
        ban_author(
            Author(project, "ana", ""), Cause("noor", "spam"), length=None, now=timezone.now()
        )
    client = signed_in()
    assert "Banned permanently" in author(client).content.decode()
    assert "ana" in client.get(PAGE).content.decode()


def test_an_unknown_author_is_told_in_words(signed_in):
    answer = author(signed_in("admin"), "nobody")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "Author not found" in page
    assert "Trust this author" not in page
    assert "?search=nobody" in page


@pytest.mark.parametrize("user_id", ["<script>alert(1)</script>", "a\0b", "\u202e", "x" * 500])
def test_an_id_is_shown_as_text(project, signed_in, user_id):
    text = author(signed_in(), user_id).content.decode()
    assert "<script>alert" not in text


def test_an_admin_may_trust_an_author(project, signed_in):
    answer = signed_in("admin", "adam").post(f"{PAGE}/trust", {"user_id": "ana", "trust": "yes"})
    assert answer["Location"] == "/p/forum/authors?user_id=ana"
    assert WhitelistedUser.objects.get().added_by == "adam"
    assert AuditEntry.objects.filter(actor="adam", action="author.trusted").exists()


def test_trust_ends(project, signed_in):
    client = signed_in("admin")
    client.post(f"{PAGE}/trust", {"user_id": "ana", "trust": "yes"})
    client.post(f"{PAGE}/trust", {"user_id": "ana", "trust": "no"})
    assert not WhitelistedUser.objects.exists()


def test_a_moderator_may_not_trust(project, signed_in):
    answer = signed_in("moderator").post(f"{PAGE}/trust", {"user_id": "ana", "trust": "yes"})
    assert answer.status_code == 403
    assert not WhitelistedUser.objects.exists()


def test_who_is_not_trusted_cannot_lose_it(project, signed_in):
    answer = signed_in("admin").post(f"{PAGE}/trust", {"user_id": "ana", "trust": "no"})
    assert answer.status_code == 404


def test_words_that_the_queue_covers_are_covered_in_the_authors_history_too(project, signed_in):
    make_log(project, "I will kill you", user_id="ana")
    page = author(signed_in("moderator")).content.decode()
    assert 'class="veil"' in page
    assert "I will kill you" not in page
