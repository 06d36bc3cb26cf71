"""The admin leads to the console, where there is one."""

import pytest
from django.urls import reverse

from moderation.admin import links
from moderation.models import Ban, ModerationLog
from reviews.models import ReviewItem
from tests.admin.rows import make_ban, make_item

pytestmark = pytest.mark.django_db


def shown(page, row, view, *args):
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_{view}", args=args)
    return page.get(address).content.decode()


def log_of(arena):
    log = make_item(arena).log
    return log, f"/p/arena/content/{log.pk}"


def item_of(arena):
    item = make_item(arena)
    return item, f"/p/arena/queue/{item.pk}"


def ban_of(arena):
    return make_ban(arena), "/p/arena/bans"


every_kind = pytest.mark.parametrize(
    "made", [log_of, item_of, ban_of], ids=["log", "review", "ban"]
)


@every_kind
def test_row_of_a_list_links_to_its_page(page, arena, made):
    row, address = made(arena)
    assert f'href="{address}">Open</a>' in shown(page, row, "changelist")


@every_kind
def test_form_links_to_its_page(page, arena, made):
    row, address = made(arena)
    html = shown(page, row, "change", row.pk)
    assert f'href="{address}"' in html
    assert "Open in the console" in html


@pytest.mark.parametrize("model", [ModerationLog, ReviewItem, Ban], ids=lambda m: m.__name__)
def test_page_that_is_not_there_gets_no_link(page, arena, model, monkeypatch):
    monkeypatch.setattr(links, "CONSOLE_NAMES", dict.fromkeys(links.CONSOLE_NAMES, "console:none"))
    make_item(arena)
    make_ban(arena)
    row = model.objects.get()
    html = shown(page, row, "changelist") + shown(page, row, "change", row.pk)
    assert ">Open</a>" not in html
    assert "Open in the console" not in html


def test_author_s_page_is_asked_by_name(arena):
    address = links.console_url(arena, "authors", user_id="a&b")
    assert address == "/p/arena/authors?user_id=a%26b"


def test_every_page_leads_back_to_the_console(page, arena):
    html = page.get(reverse("admin:moderation_ban_changelist")).content.decode()
    assert '<a class="gavel-back" href="/">' in html


def test_without_a_console_the_way_back_is_the_site(monkeypatch):
    monkeypatch.setattr(links, "CONSOLE_HOME", "console:none")
    assert links.console_home() == "/"
