"""The admin's first page: what waits, what was checked, who is banned, whether events leave."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from moderation.accounts.members import set_role
from moderation.accounts.projects import create_project
from moderation.delivery import relay
from moderation.models import Counter, Lease
from reviews.models import ReviewItem
from tests.admin.rows import make_ban, make_item, make_project, person, say

pytestmark = pytest.mark.django_db
INDEX = "admin:index"
#: Session, user, recent actions; relay 2, projects, roles, reviews, checks, bans.
MOST_QUERIES = 10


def figures(page):
    return page.get(reverse(INDEX)).context["figures"]


def slugs(page):
    return [row.project.slug for row in figures(page)]


@pytest.fixture
def noor(client):
    """Return somebody of the staff without any permission, signed in."""
    user = person("noor")
    client.force_login(user)
    return user


def test_open_reviews_and_the_oldest_are_shown(page, arena):
    item = make_item(arena)
    make_item(arena, "m2", user_id="yan")
    opened = timezone.now() - timedelta(hours=3)
    ReviewItem.objects.filter(pk=item.pk).update(created_at=opened)
    [row] = figures(page)
    assert (row.open_reviews, row.waits_since) == (2, opened)
    assert "3\xa0hours" in page.get(reverse(INDEX)).content.decode()


def test_checks_of_the_last_day_are_counted_by_verdict(page, arena):
    say(arena, "m1", "hello")
    say(arena, "m2", "hello there", user_id="yan")
    flagged = say(arena, "m3", user_id="ann")
    relay.run_once([])
    day_ago = timezone.now() - timedelta(hours=25)
    Counter.objects.create(project=arena, metric="total", minute=day_ago, value=70)
    [row] = figures(page)
    assert row.total == 3
    assert {kind: count for kind, count in row.checks.items() if count} == {
        "allow": 2,
        flagged.verdict: 1,
    }


def test_bans_in_force_are_counted(page, arena):
    make_ban(arena)
    lifted = make_ban(arena, "zed")
    type(lifted).objects.filter(pk=lifted.pk).update(lifted_at=timezone.now())
    assert figures(page)[0].bans == 1


def test_each_project_has_figures_of_its_own(page, arena):
    make_project("den")
    make_item(arena)
    assert [(row.project.slug, row.open_reviews) for row in figures(page)] == [
        ("arena", 1),
        ("den", 0),
    ]


@pytest.mark.parametrize(("lease", "state"), [(None, "stopped"), (60, "running"), (-60, "stopped")])
def test_state_of_the_relay_is_told(page, lease, state):
    if lease is not None:
        until = timezone.now() + timedelta(seconds=lease)
        Lease.objects.create(name="relay", holder="me", expires_at=until)
    answer = page.get(reverse(INDEX))
    assert answer.context["relay"]["state"] == state
    assert f'data-relay="{state}"' in answer.content.decode()


@pytest.mark.parametrize("projects", [1, 6])
def test_dashboard_costs_the_same_for_any_number_of_projects(
    page, projects, django_assert_num_queries
):
    Lease.objects.create(name="relay", holder="me", expires_at=timezone.now() + timedelta(hours=1))
    for number in range(projects):
        make_item(make_project(f"p{number}"), user_id=f"author{number}")
    with django_assert_num_queries(MOST_QUERIES):
        page.get(reverse(INDEX))


def test_member_s_project_links_to_its_pages_in_the_console(page, root, arena):
    set_role(arena, root, "viewer", actor="tests")
    html = page.get(reverse(INDEX)).content.decode()
    assert '<a href="/p/arena/queue">Queue</a>' in html
    assert '<a href="/p/arena/bans">Bans</a>' in html


def test_root_who_is_no_member_gets_the_queue_in_the_admin_alone(page, arena):
    html = page.get(reverse(INDEX)).content.decode()
    assert f'href="/admin/reviews/reviewitem/?project__id__exact={arena.pk}"' in html
    assert "/p/arena/" not in html


def test_staff_sees_the_projects_in_which_they_have_a_role(client, noor, arena):
    make_project("den")
    set_role(arena, noor, "viewer", actor="tests")
    assert slugs(client) == ["arena"]


def test_staff_without_a_role_sees_no_figures(client, noor, arena):
    assert slugs(client) == []
    assert "You have no role in any project" in client.get(reverse(INDEX)).content.decode()


def test_sidebar_shows_only_what_one_may_see(client, noor, page):
    assert "/admin/moderation/apikey/" in page.get(reverse(INDEX)).content.decode()
    client.force_login(noor)
    assert "/admin/moderation/apikey/" not in client.get(reverse(INDEX)).content.decode()


def test_name_of_a_project_is_shown_as_text(page):
    create_project("den", name="<b>Den</b>", preset="balanced", actor="tests")
    html = page.get(reverse(INDEX)).content.decode()
    assert "<b>Den</b>" not in html
    assert "&lt;b&gt;Den" in html


@pytest.mark.parametrize("name", ["index", "password_change"])
def test_no_page_needs_another_host(page, name):
    html = page.get(reverse(f"admin:{name}")).content.decode()
    assert 'src="http' not in html
    assert '<link href="http' not in html
