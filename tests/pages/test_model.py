"""The model page: which model is in use, and its state."""

import re

import pytest

from moderation import rules
from moderation.engine.model.detoxify.network import NetworkError
from moderation.engine.model.detoxify.scorer import Detoxify
from moderation.rules import scorer
from tests.taught import DATA, WORSE, taught

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
    monkeypatch.setattr(scorer, "_scorer", lambda name: model)
    rules.change_policy(arena, "tests", {"model_wait_ms": 120})
    page = shown(signed_in("viewer"))
    assert f"data-model-state>{state}<" in page
    assert ("<dd>Detoxify</dd>" in page, "<dd>120 ms per check" in page) == (True, True)
    assert "secret-place" not in page


def test_without_a_model_the_page_says_so(signed_in, settings):
    settings.TOXICITY_MODEL = "off"
    page = shown(signed_in("viewer"))
    assert ("data-model-state>Off<" in page, "Blocks" in page) == (True, False)


def test_strangers_find_no_such_project(signed_in):
    assert signed_in(None).get(PATH).status_code == 404


# --- The project's own models


def test_where_none_was_fitted_the_page_says_how(signed_in, settings):
    settings.TOXICITY_MODEL = "bundled"
    page = shown(signed_in("viewer"))
    assert "manage.py train_model --project arena" in page
    # As decimals are written: the file holds them in single precision.
    assert not re.search(r"<dd>0\.\d{4}", page)


def test_own_models_are_listed_with_their_figures_and_their_shadow(arena, signed_in, settings):
    settings.TOXICITY_MODEL = "bundled"
    for data in (DATA, WORSE):
        rules.store_model(arena, "tests", taught(), data)
    rules.activate_model(arena, "tests", 1)
    arena.counters.create(metric="model:2:allow>warn", minute="2026-03-01T00:00Z", value=3)
    arena.counters.create(metric="model:2:allow>allow", minute="2026-03-01T00:00Z", value=9)
    page = shown(signed_in("viewer"))
    assert "<dd>Bundled model, adapted by Project model 1</dd>" in page
    second, first = page.split("data-own-model=")[1:]
    assert ("Active</span>" in first, "Shadow</span>" in second) == (True, True)
    assert ("0.847" in first, "worse" in first, "worse" in second) == (True, False, True)
    assert "12 checks, 25.0 % with another verdict" in second
    assert "allow → warn: 3" in second


def test_beside_another_model_the_page_says_that_they_take_no_part(arena, signed_in):
    rules.store_model(arena, "tests", taught(), DATA)
    assert "so they are inactive" in shown(signed_in("viewer"))
