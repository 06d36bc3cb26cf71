"""Pages join without gap or repeat, also among rows of one moment."""

from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django.utils import translation

from moderation.lib.paging import capped_count, page_of
from moderation.models import Ban
from tests.messages import NOON

pytestmark = pytest.mark.on_services


@pytest.fixture
def bans(arena):
    """Return the ids of seven bans as a list shows them; the five in the middle share a moment."""
    seconds = [0, 5, 5, 5, 5, 5, 9]
    fields = {"project": arena, "type": "permanent", "reason": "spam", "issued_by": "noor"}
    made = [
        Ban(user_id=f"u{number}", issued_at=NOON + timedelta(seconds=second), **fields)
        for number, second in enumerate(seconds)
    ]
    # Stored in another order than that of their keys: a table's own order must not pass for it.
    Ban.objects.bulk_create([made[at] for at in (3, 6, 1, 5, 0, 2, 4)])
    return [ban.pk for ban in reversed(made)]


def keys(page):
    return [ban.pk for ban in page.rows]


def older_pages(size):
    page = page_of(Ban.objects.all(), "issued_at", size=size)
    pages = [page]
    while page.older:
        page = page_of(Ban.objects.all(), "issued_at", before=page.older, size=size)
        pages.append(page)
    return pages


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_older_pages_join_without_gap_or_repeat(bans, size):
    assert [key for page in older_pages(size) for key in keys(page)] == bans


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_way_back_shows_the_same_pages(bans, size):
    down = older_pages(size)
    up = [down[-1]]
    while up[-1].newer:
        up.append(page_of(Ban.objects.all(), "issued_at", after=up[-1].newer, size=size))
    assert [keys(page) for page in up] == [keys(page) for page in reversed(down)]


def test_the_first_page_has_no_newer_and_the_last_no_older_one(bans):
    first, *_, last = older_pages(3)
    assert (first.newer, last.older) == ("", "")
    assert first.older
    assert last.newer


@pytest.mark.parametrize("cursor", ["", "nonsense", "2026-03-02~1", "2026-03-02T12:00:00+00:00~x"])
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_cursor_that_no_page_gave_out_counts_as_none(bans, side, cursor):
    assert keys(page_of(Ban.objects.all(), "issued_at", size=3, **{side: cursor})) == bans[:3]


@pytest.mark.parametrize(("most", "told"), [(7, "7"), (6, "6+"), (1000, "7")])
def test_a_count_stops_at_its_cap(bans, most, told):
    assert capped_count(Ban.objects.all(), most) == told


@pytest.mark.parametrize(("language", "told"), [("en", "1,000+"), ("es", "1\xa0000+")])
def test_a_capped_count_has_the_separators_of_the_pages_language(monkeypatch, language, told):
    monkeypatch.setattr(QuerySet, "count", lambda _rows: 1_001)
    with translation.override(language):
        assert capped_count(Ban.objects.all()) == told
