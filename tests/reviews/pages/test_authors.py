"""An author's page, and those who stand out."""

import pytest
from django.db import transaction
from django.utils import timezone

from moderation.enforce import ban_author, lock_author
from moderation.engine.policy import PRESETS
from moderation.models import AuditEntry, WhitelistedUser
from reviews.cases import Order
from reviews.decisions import decide
from reviews.models import Ruling
from tests.factories import BLOCKED, FLAGGED, make_item, make_log
from tests.reviews.moments import NOON

PAGE = "/p/forum/authors"


def author(client, user_id="ana"):
    return client.get(PAGE, {"user_id": user_id})


def test_an_author_s_past_is_told(project, signed_in):
    make_log(project, BLOCKED, user_id="ana")
    text = author(signed_in("viewer")).content.decode()
    assert 'aria-label="1 of' in text or "1 of 3 strikes" in text
    assert "Block by Lexicon" in text


def test_a_decision_stands_in_the_timeline(project, noor, signed_in):
    item = make_item(project, FLAGGED, user_id="ana")
    decide(item.pk, Order(Ruling.REJECT, reason_code="insult"), noor, now=NOON)
    text = author(signed_in()).content.decode()
    assert "by noor</b> as insult" in text


def test_a_ban_in_force_is_told(project, signed_in):
    with transaction.atomic():
        lock_author(project, "ana", "", PRESETS["balanced"])
        ban_author(
            project, "ana", "", type="permanent", hours=None, reason="spam", by="noor",
            now=timezone.now(),
        )  # fmt: skip
    client = signed_in()
    assert "Banned for good" in author(client).content.decode()
    assert "ana" in client.get(PAGE).content.decode()


def test_an_unknown_author_is_told_in_words(signed_in):
    answer = author(signed_in(), "nobody")
    assert answer.status_code == 404
    assert "Nobody of this id has written here" in answer.content.decode()


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
