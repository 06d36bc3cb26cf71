"""The picture of a message: shown on request where it is stored, to nobody of another project."""

import pytest

from moderation.models import Picture
from moderation.pipeline.submission import SentPicture
from tests.admin.rows import say
from tests.factories import make_project, sign_in

PNG = b"\x89PNG not really"


@pytest.fixture
def log(project):
    return say(project, picture=SentPicture(PNG, "image/png"))


def address(log, slug="forum"):
    return f"/p/{slug}/content/{log.pk}/picture"


def test_the_page_of_the_content_shows_it_on_request(signed_in, log):
    page = signed_in("viewer")
    assert f'<img src="{address(log)}"' in page.get(f"/p/forum/content/{log.pk}").content.decode()
    answer = page.get(address(log))
    assert (answer.content, answer["Content-Type"]) == (PNG, "image/png")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_page_says_that_it_is_not_stored(signed_in, log):
    Picture.objects.all().delete()
    page = signed_in("viewer")
    text = page.get(f"/p/forum/content/{log.pk}").content.decode()
    assert "does not store pictures" in text
    assert page.get(address(log)).status_code == 404


def test_another_project_does_not_get_it(log):
    page = sign_in(make_project("valley"), "owner", "vera")
    assert page.get(address(log, "valley")).status_code == 404
    assert page.get(address(log)).status_code in {403, 404}
