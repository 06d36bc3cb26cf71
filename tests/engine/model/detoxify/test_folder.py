"""A classifier from a folder: made here, tiny, and read on the path that Detoxify uses."""

import json

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="needs requirements-ml.txt: make test-ml")
pytest.importorskip("onnxruntime", reason="needs requirements-ml.txt: make test-ml")
tokenizers = pytest.importorskip("tokenizers", reason="needs requirements-ml.txt: make test-ml")

from moderation.engine.classify import classify
from moderation.engine.custom_rules.ruleset import build_ruleset
from moderation.engine.model.detoxify.folder import read_description
from moderation.engine.model.detoxify.network import NetworkError
from moderation.engine.model.detoxify.onnx_model import load_folder
from moderation.engine.model.detoxify.scorer import FolderModel
from moderation.engine.model.scorer import ScoreRequest, State

pytestmark = pytest.mark.standalone
#: What each word adds to the logits of (harmless, insult, threat).
WORDS = {
    "[PAD]": (0, 0, 0), "[UNK]": (1, -1, -1), "nice": (4, -4, -4), "zorble": (-6, 6, -6),
    "zarble": (-6, -6, 6),
}  # fmt: skip
ABOUT = {
    "name": "Tiny", "outputs": ["clean", "insult", "threat"], "activation": "sigmoid",
    "languages": ["en", "nl"],
}  # fmt: skip


def make(folder, inputs=("input_ids", "attention_mask"), **about):
    """Write a model that adds up what its words weigh."""
    helper, kinds = onnx.helper, onnx.TensorProto
    folder.mkdir(exist_ok=True)
    weights = np.array(list(WORDS.values()), dtype=np.float32)
    given = [helper.make_tensor_value_info(name, kinds.INT64, ["t", "n"]) for name in inputs]
    nodes = [
        helper.make_node("Gather", ["weights", "input_ids"], ["each"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=kinds.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide"]),
        helper.make_node("Mul", ["each", "wide"], ["seen"]),
        helper.make_node("ReduceSum", ["seen", "tokens"], ["logits"], keepdims=0),
    ]
    constants = [
        onnx.numpy_helper.from_array(weights, "weights"),
        onnx.numpy_helper.from_array(np.array([2]), "last"),
        onnx.numpy_helper.from_array(np.array([1]), "tokens"),
    ]
    told = helper.make_tensor_value_info("logits", kinds.FLOAT, ["t", 3])
    graph = helper.make_graph(nodes, "tiny", given, [told], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, folder / "model.onnx")
    vocabulary = {word: place for place, word in enumerate(WORDS)}
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    words.save(str(folder / "tokenizer.json"))
    (folder / "labels.json").write_text(json.dumps({**ABOUT, **about}))
    return folder


def test_labels_are_ours_and_what_is_not_clean_is_toxic(tmp_path):
    nice, insult, threat = load_folder(make(tmp_path / "m")).score(["nice", "zorble", "zarble"])
    assert nice["toxicity"] < 0.1
    assert (insult["toxicity"] > 0.9, insult["insult"] > 0.9, insult["threat"] < 0.1) == (
        True, True, True,
    )  # fmt: skip
    assert threat["threat"] > 0.9


def test_texts_of_many_lengths_in_one_batch_have_the_scores_of_each_alone(tmp_path):
    network = load_folder(make(tmp_path / "m"))
    texts = ["nice", "zorble nice nice nice", "a b c d e f g", ""]
    alone = [network.score([text])[0] for text in texts]
    for one, other in zip(network.score(texts), alone, strict=True):
        assert one == pytest.approx(other)


def test_softmax_and_no_output_for_toxicity(tmp_path):
    folder = make(tmp_path / "m", activation="softmax", outputs=[None, "insult", "threat"])
    (found,) = load_folder(folder).score(["zorble"])
    assert found["toxicity"] == found["insult"] > 0.99


def test_a_calibration_bends_every_label(tmp_path):
    folder = make(tmp_path / "m", calibration=[[0, 0], [0.9, 0.2], [1, 0.4]])
    (found,) = load_folder(folder).score(["zorble"])
    assert 0.3 < found["insult"] <= 0.4


def test_a_model_that_wants_token_types_is_given_them(tmp_path):
    names = ("input_ids", "attention_mask", "token_type_ids")
    assert load_folder(make(tmp_path / "m", names)).score(["zorble"])[0]["insult"] > 0.9


def test_it_takes_part_in_a_verdict_under_its_own_name(tmp_path):
    model = FolderModel(make(tmp_path / "m"))
    model.wait_until_loaded()
    assert (model.state, model.may) == (State.READY, "flag")
    found = classify("zorble", build_ruleset(), score_request=ScoreRequest(model, 60))
    assert (found.model_finding.name, found.failed) == ("Tiny", ())
    assert found.model_finding.labels["insult"] > 0.9


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({"outputs": []}, "outputs must name"), ({"outputs": ["kind"]}, "outputs must be"),
        ({"activation": "relu"}, "activation"), ({"levels": {"warn": 0.9, "flag": 0.5}}, "levels"),
        ({"levels": {"hold": 1}}, "hold"), ({"calibration": [[1, 1], [0, 0]]}, "calibration"),
        ({"typo": 1}, "unknown fields: typo"), ({"most_tokens": "many"}, "many"),
    ],
)  # fmt: skip
def test_a_wrong_description_is_one_line(tmp_path, about, told):
    with pytest.raises(NetworkError, match=told) as refused:
        read_description(make(tmp_path / "m", **about))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "labels.json"])
def test_a_missing_file_is_named(tmp_path, name):
    (make(tmp_path / "m") / name).unlink()
    with pytest.raises(NetworkError, match=name):
        read_description(tmp_path / "m")


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_broken_file_leaves_checks_to_the_rules(tmp_path, name):
    folder = make(tmp_path / "m")
    (folder / name).write_text("no model")
    with pytest.raises(NetworkError, match="cannot be loaded"):
        load_folder(folder)
    model = FolderModel(folder)
    model.wait_until_loaded()
    assert model.state is State.UNAVAILABLE


def test_labels_that_do_not_fit_the_model_are_refused(tmp_path):
    folder = make(tmp_path / "m", outputs=["toxicity"])
    with pytest.raises(NetworkError, match="has 3 outputs; its labels name 1"):
        load_folder(folder)
