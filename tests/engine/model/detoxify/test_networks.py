"""Tiny networks in Detoxify's format: read safely, judged as Detoxify does, exported, served."""

import os
import pickle
import socket
import subprocess
import sys

import pytest

torch = pytest.importorskip("torch", reason="needs requirements-ml.txt: make test-ml")

from detoxify import Detoxify as Published
from django.core.management import CommandError, call_command

from bench import batching
from moderation.engine.model.detoxify import export, transformer
from moderation.engine.model.detoxify.checkpoint import read_checkpoint
from moderation.engine.model.detoxify.exported import load_exported
from moderation.engine.model.detoxify.network import NetworkError
from moderation.engine.model.detoxify.scorer import detoxify, load_network
from moderation.engine.model.scorer import State
from tests.engine.model.detoxify.networks import FAMILIES, TEXTS, make

pytestmark = pytest.mark.standalone
#: Detoxify's name of a label, and the one of the older services.
RENAMED = {"identity_attack": "identity_hate"}
SIX = {"toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_hate"}


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Fail whatever asks another machine."""

    def refuse(*args):
        raise AssertionError(f"asked another machine: {args[1:]}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="module", params=FAMILIES)
def files(request, tmp_path_factory):
    return make(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    return make("original", tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def folder(bert, tmp_path_factory):
    """The folder of an exported network."""
    made = tmp_path_factory.mktemp("exports") / "bert"
    export.export(bert.name, bert.checkpoint, bert.config_dir, made)
    return made


def published(files):
    """Return Detoxify's own scores; told that its base is a folder, it asks no hub."""
    document = torch.load(files.checkpoint, weights_only=True)
    document["config"]["arch"]["args"]["model_type"] = str(files.config_dir)
    local = files.checkpoint.with_name("local.ckpt")
    torch.save(document, local)
    scores = Published(
        checkpoint=str(local), huggingface_config_path=str(files.config_dir)
    ).predict(TEXTS)
    return {RENAMED.get(label, label): found for label, found in scores.items()}


def test_scores_are_detoxifys_own_for_each_of_its_architectures(files):
    network = transformer.load(files.name, files.checkpoint, files.config_dir)
    found, expected = network.score(TEXTS), published(files)
    if "sexual_explicit" in expected:
        pairs = zip(expected["obscene"], expected.pop("sexual_explicit"), strict=True)
        expected["obscene"] = [max(pair) for pair in pairs]
    for label, scores in expected.items():
        assert [row[label] for row in found] == pytest.approx(scores, abs=1e-5)
    assert set(found[0]) == set(expected) <= SIX


def test_an_export_keeps_the_scores_of_each_architecture(files, tmp_path):
    made = export.export(files.name, files.checkpoint, files.config_dir, tmp_path / "made")
    exact = transformer.load(files.name, files.checkpoint, files.config_dir)
    near = load_exported(tmp_path / "made")
    assert export.drift_between(exact, near, TEXTS) <= export.MOST_DRIFT
    assert (made.drift <= export.MOST_DRIFT, made.bytes > 0) == (True, True)


@pytest.mark.parametrize("count", [1, 2, 9])
def test_a_batch_scores_as_its_texts_do_alone(bert, count):
    network = transformer.load(bert.name, bert.checkpoint, bert.config_dir)
    texts = [" ".join(["you are an idiot"] * size) for size in range(1, count + 1)]
    alone = [network.score([text])[0]["toxicity"] for text in texts]
    assert [row["toxicity"] for row in network.score(texts)] == pytest.approx(alone, abs=1e-5)


@pytest.mark.parametrize("text", ["", " ", "idiot " * 5000, "\x00\u202e🤬", "ﷺ" * 100])
def test_any_text_has_a_score(files, text):
    network = transformer.load(files.name, files.checkpoint, files.config_dir)
    assert 0 <= network.score([text])[0]["toxicity"] <= 1


class Payload:
    """Unpickled, it makes a file."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (os.mkdir, (str(self.mark),))


@pytest.mark.parametrize("is_plain", [False, True], ids=["torch", "pickle"])
def test_a_malicious_checkpoint_is_refused_and_runs_nothing(tmp_path, is_plain):
    mark, path = tmp_path / "ran", tmp_path / "evil.ckpt"
    document = {"config": {}, "state_dict": Payload(mark)}
    if is_plain:
        path.write_bytes(pickle.dumps(document, protocol=2))
    else:
        torch.save(document, path)
    with pytest.raises(NetworkError, match="could run code"):
        read_checkpoint(path)
    assert not mark.exists()
    # It is malicious: read as Detoxify itself does, it runs.
    pickle.loads(path.read_bytes()) if is_plain else torch.load(path, weights_only=False)
    assert mark.exists()


def spoilt(bert, tmp_path, change):
    document = torch.load(bert.checkpoint, weights_only=True)
    change(document)
    torch.save(document, tmp_path / "spoilt.ckpt")
    return tmp_path / "spoilt.ckpt"


def arch_of(document):
    return document["config"]["arch"]["args"]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda d: d.pop("config"), "is no checkpoint of Detoxify"),
        (lambda d: d["config"]["arch"].pop("args"), "is no checkpoint of Detoxify"),
        (lambda d: arch_of(d).update(model_name="Trainer"), "Detoxify does not use"),
        (lambda d: arch_of(d).update(tokenizer_name="AutoTokenizer"), "Detoxify does not use"),
        (lambda d: arch_of(d).update(num_classes=3), "size mismatch"),
        (lambda d: d["state_dict"].pop("classifier.bias"), "do not fit, first classifier.bias"),
    ],
)
def test_an_odd_checkpoint_is_refused_in_one_line(bert, tmp_path, change, line):
    with pytest.raises(NetworkError, match=line) as refusal:
        transformer.load("original", spoilt(bert, tmp_path, change), bert.config_dir)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("checkpoint", "config_dir", "line"),
    [
        ("gone.ckpt", "config", "there is no .*gone.ckpt"),
        ("tiny.ckpt", "gone", "DETOXIFY_CONFIG_DIR names no folder"),
        ("tiny.ckpt", ".", "cannot be built from"),
        ("tiny.ckpt", "", "cannot be built from bert-base-uncased"),
        ("config", "config", "holds no export of a network"),
        ("config/vocab.txt", "config", "is no checkpoint of torch|could run code"),
        ("", "config", "The weights are missing: no .*toxic_original-c1212f89.ckpt"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    bert, tmp_path, monkeypatch, checkpoint, config_dir, line
):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    base = bert.checkpoint.parent
    paths = [base / name if name else None for name in (checkpoint, config_dir)]
    with pytest.raises(NetworkError, match=line) as refusal:
        load_network("original", *paths)
    assert "\n" not in str(refusal.value)


def test_weights_lie_in_the_hubs_cache_without_a_checkpoint(bert, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "toxic_original-c1212f89.ckpt").symlink_to(bert.checkpoint)
    assert load_network("original", None, bert.config_dir).score(["hi"])


def test_the_scorer_serves_a_checkpoint_and_an_export(bert, folder):
    for checkpoint in (bert.checkpoint, folder):
        model = detoxify("original", str(checkpoint), str(bert.config_dir))
        model.wait_until_loaded()
        assert model.state == State.READY


def test_an_export_is_served_without_torch(folder):
    code = (
        "import sys; from pathlib import Path;"
        "from moderation.engine.model.detoxify.scorer import load_network;"
        f"print(load_network('original', Path({str(folder)!r}), None).score(['hi']));"
        "sys.exit(bool({'torch', 'transformers', 'onnx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, "toxicity" in done.stdout) == (0, True), done.stderr


def test_the_command_exports_and_says_how_far_the_scores_moved(bert, tmp_path, capsys):
    call_command("export_detoxify", tmp_path / "made", **options(bert))
    assert "the scores of 18 texts changed by at most 0.0" in capsys.readouterr().out
    assert load_exported(tmp_path / "made").score(["hi"])


def test_an_export_that_drifts_is_not_kept(bert, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "MOST_DRIFT", 0.0)
    with pytest.raises(CommandError, match="nothing was written"):
        call_command("export_detoxify", tmp_path / "made", **options(bert))
    assert list(tmp_path.iterdir()) == []


def test_an_export_never_writes_over_something(bert, folder):
    with pytest.raises(CommandError, match="exists already"):
        call_command("export_detoxify", folder, **options(bert))


def options(bert):
    return {"checkpoint": bert.checkpoint, "config_dir": bert.config_dir}


def test_an_export_of_another_version_is_refused(folder, tmp_path):
    made = tmp_path / "older"
    made.mkdir()
    (made / "detoxify.json").write_text('{"format": 0}')
    with pytest.raises(NetworkError, match="export it again"):
        load_exported(made)


def test_the_benchmark_runs_through(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["batching.py", "--quick"])
    batching.main()
    assert "times as fast" in capsys.readouterr().out
