"""The page of the model says what it is and whether it judges."""

import pytest

from moderation import rules, toxicity
from moderation.detoxify.network import NetworkError
from moderation.detoxify.scorer import Detoxify

PATH = "/p/arena/settings/model"


class Silent:
    def score(self, texts):
        return [{} for _ in texts]


def missing():
    raise NetworkError("The weights are missing: no /srv/secret-place.")


def shown(client):
    return " ".join(client.get(PATH).content.decode().split())


@pytest.mark.parametrize(
    ("load", "state"), [(Silent, "Ready"), (missing, "Unavailable")], ids=["ready", "missing"]
)
def test_state_and_wait_of_detoxify(arena, signed_in, settings, monkeypatch, load, state):
    settings.TOXICITY_MODEL = "detoxify:original"
    model = Detoxify(load)
    model.wait_until_loaded()
    monkeypatch.setattr(toxicity, "scorer", lambda: model)
    rules.change_policy(arena, "tests", {"model_wait_ms": 120})
    page = shown(signed_in("viewer"))
    assert f"data-model-state>{state}<" in page
    assert ("<dd>Detoxify</dd>" in page, "<dd>120 ms at most" in page) == (True, True)
    assert "secret-place" not in page


def test_without_a_model_the_page_says_so(signed_in, settings):
    settings.TOXICITY_MODEL = "off"
    page = shown(signed_in("viewer"))
    assert ("data-model-state>Off<" in page, "blocks" in page) == (True, False)


def test_strangers_find_no_such_project(signed_in):
    assert signed_in(None).get(PATH).status_code == 404
