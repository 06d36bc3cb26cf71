"""Every model has its pages: they open, cost few queries, and protect what must not change."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.urls import reverse

from moderation.models import AuditEntry, ModerationLog, WebSession
from moderation.models.projects import Project
from reviews.models import ReviewItem
from tests.admin.rows import SCRIPT, make_every_row, make_item, make_project, person
from tests.databases import shared_rows

#: A session has no page: whoever knows its key is signed in.
MODELS = [
    *(one for one in apps.get_app_config("moderation").get_models() if one is not WebSession),
    *apps.get_app_config("reviews").get_models(),
]
ADDABLE = {
    "project", "membership", "apikey", "blacklistword", "whitelisteduser", "whitelistedphrase",
    "ban", "invitation",
}  # fmt: skip
DELETABLE = {"membership", "whitelisteduser"}
#: Session, user, capped count, rows, and one for each list of projects in the filters.
MOST_QUERIES = 12

every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)


def address(model, view, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


def name_of(model):
    return model._meta.model_name


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """Return a superuser and a project with a row of every model, made once for all tests here."""
    with shared_rows(django_db_blocker):
        root, arena = person("root", is_superuser=True), make_project()
        make_every_row(arena, root)
        yield root, arena


@pytest.fixture
def root(filled, db):
    return filled[0]


@pytest.fixture
def arena(filled, db):
    return filled[1]


@every_model
def test_model_is_registered_searchable_and_filtered(model):
    page = admin.site._registry[model]
    assert page.search_fields
    assert page.list_filter
    assert page.show_full_result_count is False
    assert page.paginator.__name__ == "CappedPaginator"


@every_model
def test_list_opens_with_few_queries(model, page, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_QUERIES):
        answer = page.get(address(model, "changelist"))
    assert answer.status_code == 200
    assert answer.context["cl"].result_count >= 1


@every_model
def test_search_opens(model, page):
    answer = page.get(address(model, "changelist"), {"q": "zed"})
    assert answer.status_code == 200


@every_model
def test_row_opens_and_links_to_its_history(model, page):
    row = model._default_manager.first()
    answer = page.get(address(model, "change", row.pk))
    assert answer.status_code == 200
    assert address(model, "history", quote(row.pk)) in answer.content.decode()
    assert page.get(address(model, "history", row.pk)).status_code == 200


@every_model
def test_only_what_a_service_makes_can_be_added(model, page):
    answer = page.get(address(model, "add"))
    assert answer.status_code == (200 if name_of(model) in ADDABLE else 403)


@every_model
def test_only_what_a_service_deletes_can_be_deleted(model, page):
    row = model._default_manager.first()
    answer = page.post(address(model, "delete", row.pk))
    assert answer.status_code == (200 if name_of(model) in DELETABLE else 403)
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", [m for m in MODELS if name_of(m) not in
    {"project", "membership", "blacklistword"}], ids=name_of)  # fmt: skip
def test_read_only_row_cannot_be_changed(model, page):
    row = model._default_manager.first()
    assert page.post(address(model, "change", row.pk), {"name": "other"}).status_code == 403


@pytest.mark.parametrize("model", [ModerationLog, ReviewItem], ids=name_of)
def test_list_costs_the_same_with_more_rows(model, page, arena, django_assert_max_num_queries):
    for number in range(10):
        make_item(arena, f"more{number}", user_id=f"author{number}")
    with django_assert_max_num_queries(MOST_QUERIES):
        page.get(address(model, "changelist"))


@pytest.mark.parametrize("model", [ModerationLog, ReviewItem], ids=name_of)
def test_content_is_shown_as_text(model, page):
    row = ReviewItem.objects.get(log__message_id="m1")
    pk = row.pk if model is ReviewItem else row.log_id
    listed = page.get(address(model, "changelist")).content.decode()
    shown = page.get(address(model, "change", pk)).content.decode()
    assert SCRIPT not in listed + shown
    assert "&lt;img src=x onerror=alert(1)&gt;" in listed
    assert '<mark title="profanity">flagword</mark> &lt;img' in shown


def test_history_shows_the_audit_entries_of_the_row_alone(page, arena):
    events = page.get(address(Project, "history", arena.pk)).context["events"]
    assert [event.what for event in events] == ["project.created"]
    assert AuditEntry.objects.count() > 1
