"""The admin covers the words that the console covers, until the person reveals them."""

import pytest
from django.urls import reverse

from moderation.accounts.covered_words import DOTS
from moderation.accounts.preferences import prefer
from moderation.models import OutboxEvent
from tests.admin.rows import make_item

WORDS = "flagword"


@pytest.fixture
def item(arena):
    return make_item(arena)


@pytest.fixture
def covering(root):
    prefer(root, theme="system", shortcuts=True, veil="low")


def addresses(item):
    return {
        "queue": reverse("admin:reviews_reviewitem_changelist"),
        "item": reverse("admin:reviews_reviewitem_change", args=[item.pk]),
        "logs": reverse("admin:moderation_moderationlog_changelist"),
        "log": reverse("admin:moderation_moderationlog_change", args=[item.log_id]),
        "event": reverse(
            "admin:moderation_outboxevent_change", args=[OutboxEvent.objects.first().pk]
        ),
    }


@pytest.mark.usefixtures("covering")
@pytest.mark.parametrize("name", ["queue", "item", "logs", "log", "event"])
def test_words_are_covered(page, item, name):
    shown = page.get(addresses(item)[name])
    assert shown.status_code == 200
    text = shown.content.decode()
    # An event's facts are covered as a whole.
    cover = "Covered." if name == "event" else DOTS
    assert (cover in text, WORDS in text) == (True, False)


@pytest.mark.usefixtures("covering")
@pytest.mark.parametrize("name", ["item", "log", "event"])
def test_one_press_reveals_them(page, item, name):
    address = addresses(item)[name]
    assert 'href="?reveal=1"' in page.get(address).content.decode()
    assert WORDS in page.get(address, {"reveal": "1"}).content.decode()


@pytest.mark.usefixtures("covering")
def test_the_question_before_a_rejection_covers_them(page, item):
    data = {"action": "reject", "_selected_action": [item.pk]}
    asked = page.post(reverse("admin:reviews_reviewitem_changelist"), data)
    text = asked.content.decode()
    assert (DOTS in text, WORDS in text) == (True, False)


@pytest.mark.parametrize("name", ["queue", "item", "logs", "log"])
def test_words_below_the_chosen_severity_are_shown(page, item, name):
    assert WORDS in page.get(addresses(item)[name]).content.decode()
