"""Train the convolutional network of the bundled model, with torch, and export it for numpy.

It learns the two labels, as a help for itself the finer ones, and to give a text the place that the
multilingual Universal Sentence Encoder gives it: what that model knows of words outside the sets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from moderation.engine.model.features import CATEGORIES, PEOPLE, strengths_of, words_of
from moderation.engine.model.network import (
    DILATION,
    FOREMOST,
    KERNEL,
    PIECE_BITS,
    PLAIN,
    piece_places,
    vector_key,
    word_kind,
)
from moderation.engine.text.views import views_of
from training.fit import Task
from training.texts import Example
from training.vectors import STEPS, WordVectors

WIDTH, PIECE_SIZE, KIND_SIZE, HIDDEN = 64, 32, 16, 64
HEADS, FINER = 2, 4
BATCH, PASSES = 64, 3
#: A row counts at most so many times the mean.
MOST_WEIGHT = 12.0
RATE, PIECES_RATE, DECAY = 3e-3, 3.0, 1e-2
#: Words lose their vector, and their pieces, this often: so the network trusts neither alone.
WORD_DROPPED, PIECES_DROPPED = 0.1, 0.2
#: ScorerInput in training only; longer texts are cut in the middle.
MOST_WORDS = 64
SMOOTHED = 0.02
SPAM_SHARE, FINER_SHARE, TEACHER_SHARE = 0.5, 0.2, 0.5


@dataclass(frozen=True)
class Texts:
    """All texts as rows of one table of words."""

    rows: list[np.ndarray]
    vectors: Tensor
    places: Tensor
    place_ends: np.ndarray
    kinds: Tensor
    kind_names: tuple[str, ...]
    strengths: Tensor


def sequences_of(examples: Sequence[Example]) -> list[tuple[str, ...]]:
    return [words_of(views_of(example.text).main[-1].text) for example in examples]


def texts_of(examples: Sequence[Example], known: WordVectors) -> Texts:
    table: dict[str, int] = {}
    rows = []
    for words in sequences_of(examples):
        half = MOST_WORDS // 2
        cut = words if len(words) <= MOST_WORDS else words[:half] + words[-half:]
        rows.append(np.array([table.setdefault(word, len(table)) for word in cut], dtype=np.int64))
    by_key = {vector_key(word): at for at, word in enumerate(known.words)}
    kind_names: dict[str, int] = {PLAIN: 0}
    vectors = np.zeros((len(table), known.rows.shape[1]), dtype=np.float32)
    places: list[int] = []
    ends, kinds = [0], []
    for at, word in enumerate(table):
        kind = word_kind(word)
        kinds.append(kind_names.setdefault(kind, len(kind_names)))
        if kind != PEOPLE:
            places += piece_places(word)
            row = by_key.get(vector_key(word))
            if row is not None:
                vectors[at] = known.rows[row] / STEPS
        ends.append(len(places))
    strengths = [strengths_of(example.matches) for example in examples]
    return Texts(
        rows,
        torch.tensor(vectors),
        torch.tensor(places),
        np.array(ends),
        torch.tensor(kinds),
        tuple(kind_names),
        torch.tensor(strengths, dtype=torch.float32),
    )


class Network(nn.Module):
    def __init__(self, texts: Texts, teacher_size: int) -> None:
        super().__init__()
        size = texts.vectors.shape[1]
        self.texts = texts
        self.pieces = nn.EmbeddingBag(1 << PIECE_BITS, PIECE_SIZE, mode="mean")
        self.kinds = nn.Embedding(len(texts.kind_names), KIND_SIZE)
        nn.init.normal_(self.pieces.weight, 0, 0.5)
        nn.init.normal_(self.kinds.weight, 0, 0.3)
        self.adapted = nn.Linear(size, size, bias=False)
        nn.init.eye_(self.adapted.weight)
        self.first = nn.Conv1d(size + PIECE_SIZE + KIND_SIZE, WIDTH, KERNEL, padding=1)
        self.second = nn.Conv1d(WIDTH, WIDTH, KERNEL, padding=DILATION, dilation=DILATION)
        self.third = nn.Conv1d(WIDTH, WIDTH, KERNEL, padding=1)
        self.attention = nn.Linear(WIDTH, FOREMOST, bias=False)
        pooled = WIDTH * (1 + FOREMOST)
        self.hidden = nn.Linear(pooled + len(CATEGORIES), HIDDEN)
        self.out = nn.Linear(HIDDEN, HEADS + FINER)
        self.teacher = nn.Linear(pooled, teacher_size)

    def forward(self, chosen: np.ndarray) -> tuple[Tensor, Tensor]:
        """Return the logits of each chosen text, and where it puts it among the teacher's."""
        rows = [self.texts.rows[at] for at in chosen]
        longest = max(1, *(len(row) for row in rows))
        words = np.zeros((len(rows), longest), dtype=np.int64)
        is_word = np.zeros((len(rows), longest), dtype=np.float32)
        for at, row in enumerate(rows):
            words[at, : len(row)], is_word[at, : len(row)] = row, 1
        there = torch.tensor(is_word)[:, None]
        read_words = self._words(words) * there
        first = functional.relu(self.first(read_words)) * there
        second = (first + functional.relu(self.second(self._dropped(first)))) * there
        third = (second + functional.relu(self.third(self._dropped(second)))) * there
        third = third.transpose(1, 2)
        strength = self.attention(third) + (there.transpose(1, 2) - 1) * 1e4
        means = torch.einsum("twh,twk->tkh", third, torch.softmax(strength, 1)).flatten(1)
        pooled = functional.dropout(torch.cat([third.amax(1), means], 1), 0.3, self.training)
        joined = torch.cat([pooled, self.texts.strengths[chosen]], 1)
        return self.out(functional.relu(self.hidden(joined))), self.teacher(pooled)

    def _dropped(self, rows: Tensor) -> Tensor:
        return functional.dropout(rows, 0.2, self.training)

    def _words(self, words: np.ndarray) -> Tensor:
        """Return texts x numbers x words; each different word of the batch is looked up once."""
        different, back = np.unique(words, return_inverse=True)
        starts = self.texts.place_ends[different]
        counts = self.texts.place_ends[different + 1] - starts
        before = np.cumsum(counts) - counts
        places = np.repeat(starts - before, counts) + np.arange(counts.sum())
        pieces = self.pieces(self.texts.places[places], torch.tensor(before))
        vectors = self.adapted(self.texts.vectors[different])
        if self.training:
            vectors = vectors * (torch.rand(len(different), 1) > WORD_DROPPED)
            pieces = pieces * (torch.rand(len(different), 1) > PIECES_DROPPED)
            vectors = functional.dropout(vectors, 0.1)
            pieces = functional.dropout(pieces, 0.2)
        joined = torch.cat([vectors, pieces, self.kinds(self.texts.kinds[different])], 1)
        return joined[torch.tensor(back.reshape(words.shape))].transpose(1, 2)


@dataclass(frozen=True)
class Lessons:
    """What the network is taught of each text."""

    tasks: dict[str, Task]
    #: Unit vectors of the sentence encoder; zeros where there is none.
    teacher: np.ndarray


def trained(texts: Texts, lessons: Lessons, rows: np.ndarray, seed: int) -> Network:
    """Return a network that has seen the chosen rows only."""
    torch.manual_seed(seed)
    chooser = np.random.RandomState(seed)
    network = Network(texts, lessons.teacher.shape[1])
    chosen = np.flatnonzero(rows & (lessons.tasks["toxicity"].weight > 0))
    others = [part for name, part in network.named_parameters() if not name.startswith("pieces")]
    groups = [{"params": others}, {"params": network.pieces.parameters()}]
    optimizer = torch.optim.AdamW(groups, lr=RATE, weight_decay=DECAY)
    steps = PASSES * (len(chosen) // BATCH)
    rates = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [RATE, RATE * PIECES_RATE], total_steps=steps, pct_start=0.15
    )
    goals = _Goals(lessons, chosen)
    for batch in _batches(texts, chosen, chooser):
        optimizer.zero_grad()
        goals.loss(network, batch).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimizer.step()
        rates.step()
    return network.eval()


def _batches(
    texts: Texts, chosen: np.ndarray, chooser: np.random.RandomState
) -> Iterator[np.ndarray]:
    """Yield rows of about one length, in any order, PASSES times over."""
    lengths = np.array([len(texts.rows[at]) for at in chosen])
    for _ in range(PASSES):
        ordered = chosen[np.argsort(lengths + 4 * chooser.rand(len(chosen)), kind="stable")]
        count = len(chosen) // BATCH
        for at in chooser.permutation(count):
            yield ordered[at * BATCH : (at + 1) * BATCH]


class _Goals:
    def __init__(self, lessons: Lessons, chosen: np.ndarray) -> None:
        tasks = lessons.tasks
        mean = tasks["toxicity"].weight[chosen].mean()
        self.teacher = torch.tensor(lessons.teacher, dtype=torch.float32)
        self.truth = {name: _numbers(task.truth) for name, task in tasks.items()}
        self.weight = {name: _numbers(task.weight > 0) for name, task in tasks.items()}
        self.weight["toxicity"] = _numbers(tasks["toxicity"].weight / mean).clamp(max=MOST_WEIGHT)
        self.weight["spam"] = _numbers(tasks["spam"].weight)
        self.finer = [name for name in tasks if name not in {"toxicity", "spam"}]

    def loss(self, network: Network, batch: np.ndarray) -> Tensor:
        logits, places = network(batch)
        toxic = self.truth["toxicity"][batch] * (1 - SMOOTHED) + SMOOTHED / 2
        total = _loss(logits[:, 0], toxic, self.weight["toxicity"][batch])
        total += SPAM_SHARE * _loss(
            logits[:, 1], self.truth["spam"][batch], self.weight["spam"][batch]
        )
        for at, name in enumerate(self.finer, HEADS):
            known = self.weight[name][batch]
            total += FINER_SHARE / FINER * _loss(logits[:, at], self.truth[name][batch], known)
        teacher = self.teacher[batch]
        told = teacher.abs().sum(1) > 0
        if told.any():
            away = 1 - functional.cosine_similarity(places[told], teacher[told])
            total += TEACHER_SHARE * away.mean()
        return total


def _numbers(values: np.ndarray) -> Tensor:
    return torch.tensor(values, dtype=torch.float32)


def _loss(logits: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    each = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    return (each * weight).mean()


def logits_of(network: Network, rows: np.ndarray) -> np.ndarray:
    """Return the logits of toxicity and spam of the given rows."""
    ordered = rows[np.argsort([len(network.texts.rows[at]) for at in rows], kind="stable")]
    logits = np.zeros((len(network.texts.rows), HEADS), dtype=np.float32)
    with torch.no_grad():
        for start in range(0, len(ordered), 256):
            batch = ordered[start : start + 256]
            logits[batch] = network(batch)[0][:, :HEADS].numpy()
    return logits[rows]


def exported(network: Network, known: WordVectors) -> dict[str, np.ndarray]:
    """Return the arrays that moderation/engine/model/network.py runs."""
    weights = {name: part.detach().numpy() for name, part in network.named_parameters()}
    size = known.rows.shape[1]
    # Inputs x (neighbours x width): one product gives what a word adds to all three places.
    first = weights["first.weight"].transpose(1, 2, 0).reshape(-1, KERNEL * WIDTH)
    from_vector = weights["adapted.weight"].T @ first[:size] / STEPS
    pieces = weights["pieces.weight"]
    scale = np.abs(pieces).max(axis=0) / 127
    keys = np.array([vector_key(word) for word in known.words], dtype=np.uint32)
    order = np.argsort(keys, kind="stable")
    arrays = {
        "from_vector": from_vector,
        "from_pieces": first[size : size + PIECE_SIZE],
        "from_kind": first[size + PIECE_SIZE :],
        "kinds": weights["kinds.weight"],
        "first_bias": weights["first.bias"],
        "second": weights["second.weight"].transpose(2, 1, 0).reshape(-1, WIDTH),
        "second_bias": weights["second.bias"],
        "third": weights["third.weight"].transpose(2, 1, 0).reshape(-1, WIDTH),
        "third_bias": weights["third.bias"],
        "attention": weights["attention.weight"].T,
        "hidden": weights["hidden.weight"].T,
        "hidden_bias": weights["hidden.bias"],
        "out": weights["out.weight"][:HEADS].T,
        "out_bias": weights["out.bias"][:HEADS],
    }
    small = {name: np.ascontiguousarray(array, dtype=np.float16) for name, array in arrays.items()}
    return small | {
        "vector_keys": keys[order],
        "vectors": known.rows[order],
        "pieces": np.rint(pieces / scale).astype(np.int8),
        "piece_scale": scale.astype(np.float32),
        "kind_names": np.frombuffer("\n".join(network.texts.kind_names).encode(), dtype=np.uint8),
    }
