"""Both viewers of the API document show it, silently and without another host."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.standalone]


@pytest.mark.parametrize("reader", ["docs", "redoc"])
def test_a_reader_of_the_document_is_silent(visit, reader):
    with visit() as page:
        page.goto(f"/api/v1/{reader}")
        page.get_by_text("/moderation/check/batch").first.wait_for(state="attached")
        page.wait_for_load_state("networkidle")
