"""An author's page: its queries begin at the author, however much the project has."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from moderation.models import Ban, Strike

pytestmark = [pytest.mark.django_db, pytest.mark.on_services]


def a_ban(project, author: str, moment) -> Ban:
    return Ban(project=project, user_id=author, type="permanent", issued_by="mod", issued_at=moment)


def a_strike(project, author: str, moment) -> Strike:
    return Strike(
        project=project, user_id=author, given_by="mod", given_at=moment, expires_at=moment
    )


@pytest.mark.parametrize("make", [a_ban, a_strike])
def test_an_authors_sanctions_are_found_by_an_index_in_their_order(arena, make):
    # A planner that knows of no rows takes any index: it must know how many authors there are.
    now = timezone.now()
    rows = [make(arena, f"author {n}", now - timedelta(minutes=n)) for n in range(2_000)]
    model = type(rows[0])
    model.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {model._meta.db_table}")
    moment = "issued_at" if model is Ban else "given_at"

    of_author = model.objects.filter(project=arena, user_id="author 7").order_by(f"-{moment}")
    plan = of_author[:30].explain()

    assert "_of_author" in plan
    assert "B-TREE" not in plan
    assert "Sort" not in plan
