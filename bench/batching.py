"""Measure micro-batched 8-bit weights against Detoxify.predict, text by text, in turns, in one run.

By the clock, and by the processor's time, which a busy machine spoils less.

Needs requirements-ml.txt. The network has BERT-base's shape and random weights: time depends on
neither. `--quick` takes a tiny one and only shows that every part works.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
from detoxify import Detoxify

from bench.report import machine
from moderation.engine.model.batching import Batcher
from moderation.engine.model.detoxify.export import export
from moderation.engine.model.detoxify.exported import load_exported
from tests.engine.model.detoxify.networks import Files, make

BERT_BASE = {
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "max_position_embeddings": 512,
    "vocab_size": 30_522,
    "initializer_range": 0.02,
}
WORDS = ["you", "are", "an", "idiot", "see", "all", "tomorrow", "will", "find"]
GOAL = 5.0
CLOCKS = {"clock": time.perf_counter, "processor": time.process_time}
Times = dict[tuple[str, str], list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tiny network and one round")
    quick = parser.parse_args().quick
    threads = 1 if quick else torch.get_num_threads()
    with tempfile.TemporaryDirectory() as folder:
        files = make("original", Path(folder), **({} if quick else BERT_BASE))
        exported = export("original", files.checkpoint, files.config_dir, Path(folder, "exported"))
        batcher = Batcher(load_exported(Path(folder, "exported")).score)
        peer = peer_of(files)
        texts = chat(8 if quick else 16)
        rounds = 1 if quick else 3
        cases = {
            "Detoxify.predict": lambda: one_by_one(peer, texts, threads),
            "Detoxify.predict, one thread": lambda: one_by_one(peer, texts, 1),
            "8-bit weights, micro-batched": lambda: batched(batcher, texts),
        }
        times = in_turns(rounds, cases, len(texts))
    print(f"{machine()}; {len(texts)} texts a round, {rounds} rounds in turns; ms a text:")
    for clock in CLOCKS:
        found = [times[name, clock] for name in cases]
        for name, each in zip(cases, found, strict=True):
            print(f"{name}, {clock:<9} {median(each):6.2f} ({min(each):.2f}–{max(each):.2f})")
        *theirs, ours = map(median, found)
        print(f"{min(theirs) / ours:.1f} times as fast as the faster one (goal {GOAL:g})")
    print(f"drift {exported.drift:.4f}, {exported.bytes / 1e6:.0f} MB on disk")


def peer_of(files: Files) -> Detoxify:
    """Load the checkpoint as Detoxify does; told its base lies in the folder, it asks no hub."""
    document = torch.load(files.checkpoint, weights_only=True)
    document["config"]["arch"]["args"]["model_type"] = str(files.config_dir)
    local = files.checkpoint.with_name("local.ckpt")
    torch.save(document, local)
    return Detoxify(checkpoint=str(local), huggingface_config_path=str(files.config_dir))


def chat(count: int) -> list[str]:
    """Return lines of 3 to 30 words, as many short as long ones."""
    chooser = random.Random(6)  # noqa: S311 - made-up lines
    return [" ".join(chooser.choices(WORDS, k=chooser.randint(3, 30))) for _ in range(count)]


def in_turns(rounds: int, cases: dict[str, Callable[[], None]], texts: int) -> Times:
    """Return milliseconds a text by case and clock, round by round; the first is not counted."""
    times: Times = {(name, clock): [] for name in cases for clock in CLOCKS}
    for turn in range(rounds + 1):
        for name, case in cases.items():
            started = [read() for read in CLOCKS.values()]
            case()
            if not turn:
                continue
            for (clock, read), at in zip(CLOCKS.items(), started, strict=True):
                times[name, clock].append(1000 * (read() - at) / texts)
    return times


def one_by_one(peer: Detoxify, texts: Sequence[str], threads: int) -> None:
    torch.set_num_threads(threads)
    for text in texts:
        peer.predict(text)


def batched(batcher: Batcher[dict[str, float]], texts: Sequence[str]) -> None:
    futures = [batcher.submit(text, 60.0) for text in texts]
    for future in futures:
        assert future
        future.result()


if __name__ == "__main__":
    main()
