"""train_model: fit, shadow, activate, roll back, and what each of them says."""

import json

import pytest
from django.core.management import CommandError

from moderation import rules
from moderation.engine.model.adapter_fit import fit_adapter
from moderation.models import ModelVersion
from reviews.evaluation.learning import training
from reviews.evaluation.learning.training_set import DecidedText, TrainingSet
from tests.taught import DATA, WORSE, taught

RULED = [
    DecidedText(f"text {at}", "ana", "en", f"text {at}", is_rejected=at < 30) for at in range(60)
]


@pytest.fixture(autouse=True)
def bundled(settings):
    settings.TOXICITY_MODEL = "bundled"


@pytest.fixture
def ruled(monkeypatch):
    """Have sixty rulings, which the fitting tests know how to make of decisions."""
    asked = []

    def training_set_of(project, since, *, with_keys):
        asked.append((since, with_keys))
        return TrainingSet(list(RULED))

    monkeypatch.setattr("reviews.evaluation.learning.training_set_of", training_set_of)
    monkeypatch.setattr(training, "_fit", lambda looked: fit_adapter([]))
    return asked


def store(arena, data=DATA):
    return rules.store_model(arena, "tests", taught(), data)


def states():
    return dict(ModelVersion.objects.order_by("number").values_list("number", "state"))


def test_a_fit_model_runs_in_shadow_and_its_figures_are_printed(arena, command, ruled):
    said = command("train_model", "--project", "arena")
    assert said.startswith(
        "arena: moderators rejected 30 different texts (0 as spam) and approved 30"
    )
    for row in ("bundled model alone", "fitted model alone", "rules and bundled model"):
        assert row in said
    assert "No worse than the bundled model" in said
    assert "Model 1 runs in shadow now" in said
    assert states() == {1: "shadow"}
    assert ModelVersion.objects.get().created_by == "command line"


def test_a_dry_run_stores_nothing(arena, command, ruled):
    assert "not stored" in command("train_model", "--dry-run")
    assert states() == {}


def test_days_and_keys_say_which_rulings(arena, command, ruled):
    command("train_model", "--days", "30", "--with-keys")
    command("train_model")
    assert [(since is None, with_keys) for since, with_keys in ruled] == [
        (False, True),
        (True, False),
    ]


def test_activate_takes_the_model_in_shadow_as_it_is(arena, command, ruled):
    store(arena)
    said = command("train_model", "--activate")
    assert said == "Model 1 judges now, in every process within a second."
    assert (states(), ruled) == ({1: "active"}, [])


def test_activate_fits_one_where_none_is_in_shadow(arena, command, ruled):
    assert "Model 1 judges now" in command("train_model", "--activate")
    assert "Model 2 judges now" in command("train_model", "--activate", "--days", "30")
    assert states() == {1: "retired", 2: "active"}


def test_activate_takes_a_number(arena, command):
    store(arena)
    store(arena)
    assert "Model 1 judges now" in command("train_model", "--activate", "1")
    assert states() == {1: "active", 2: "shadow"}
    with pytest.raises(CommandError, match="There is no model 9 of arena"):
        command("train_model", "--activate", "9")


def test_a_worse_model_needs_force(arena, command):
    store(arena, WORSE)
    with pytest.raises(CommandError, match=r"did worse .* --force"):
        command("train_model", "--activate")
    assert "judges now" in command("train_model", "--activate", "--force")


def test_rolling_back_says_who_judges(arena, command):
    store(arena)
    command("train_model", "--activate")
    assert command("train_model", "--roll-back") == (
        "The bundled model judges alone now, in every process within a second."
    )
    with pytest.raises(CommandError, match="nothing to go back to"):
        command("train_model", "--roll-back")


def test_the_state_names_each_model_and_what_it_would_have_said(arena, command, monkeypatch):
    assert "uses the bundled model, without" in command("train_model", "--status")
    store(arena)
    arena.counters.create(metric="model:1:allow>allow", minute="2026-03-01T00:00Z", value=90)
    arena.counters.create(metric="model:1:allow>warn", minute="2026-03-01T00:00Z", value=10)
    said = command("train_model", "--status")
    assert "Model 1: shadow, fitted" in said
    assert "in shadow: 100 checks, 10 would have got another verdict (10.0 %)" in said
    assert "allow → warn: 10" in said


def test_the_state_as_json(arena, command):
    store(arena)
    found = json.loads(command("train_model", "--status", "--format", "json"))
    assert (found["judging"], found["takes_part"]) == (None, True)
    assert found["models"][0].items() >= {"number": 1, "state": "shadow", "fits": True}.items()
    assert found["models"][0]["held_out"] == DATA["held_out"]


def test_training_as_json_is_one_document(arena, command, ruled):
    found = json.loads(command("train_model", "--activate", "--format", "json"))
    assert (found["judging"], len(found["models"])) == (1, 1)


@pytest.mark.parametrize("model", ["off", "detoxify:original"])
def test_beside_another_model_it_says_so_in_one_line(arena, command, settings, model):
    settings.TOXICITY_MODEL = model
    for words in ((), ("--activate", "1")):
        with pytest.raises(CommandError, match=f"TOXICITY_MODEL is {model}: "):
            command("train_model", *words)
    assert "no project's own model is in use" in command("train_model", "--status")


@pytest.mark.parametrize(
    "words",
    [
        ("--status", "--days", "3"),
        ("--roll-back", "--with-keys"),
        ("--activate", "1", "--days", "3"),
        ("--force",),
    ],
)
def test_options_that_make_no_sense_together_are_refused(arena, command, words):
    with pytest.raises(CommandError):
        command("train_model", *words)


def test_too_few_rulings_are_one_line(arena, command):
    with pytest.raises(CommandError, match=r"^Too few decisions .* 20 approved"):
        command("train_model")
