"""The project settings page."""

import pytest
from django.test import Client

from moderation.models import AuditEntry, Project

PAGE, REPORT = "/p/arena/settings/project", "/transparency/arena"


def change(page, **fields):
    return page.post(PAGE, {"name": "Arena", "is_transparency_public": "on", **fields}, follow=True)


def test_project_is_renamed(arena, signed_in):
    answer = change(signed_in("admin"), name="The arena")
    assert "The arena" in answer.content.decode()
    assert Project.objects.get().name == "The arena"


def test_report_is_public_once_it_is_switched_on(arena, signed_in):
    page = signed_in("admin", "noor")
    assert REPORT not in page.get(PAGE).content.decode()
    assert Client().get(REPORT).status_code == 404
    assert REPORT in change(page).content.decode()
    assert AuditEntry.objects.filter(action="project.transparency", actor="noor").count() == 1
    assert Client().get(REPORT).status_code == 200
    page.post(PAGE, {"name": "arena"})
    assert Client().get(REPORT).status_code == 404


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\0b"], ids=ascii)
def test_senseless_name_is_refused_in_the_form(arena, signed_in, name):
    assert change(signed_in("admin"), name=name).status_code == 422
    assert Project.objects.get().name == "arena"


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("moderator", 403), (None, 404)])
def test_who_is_no_admin_changes_nothing(arena, signed_in, role, status):
    page = signed_in(role)
    assert [page.get(PAGE).status_code, change(page, name="x").status_code] == [status] * 2
    assert Project.objects.get().name == "arena"
