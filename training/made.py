"""Texts that are made from the sets, the lists and the grammars, to teach what the sets lack."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from moderation.engine.classify import classify
from moderation.engine.data import rows
from moderation.engine.words.lexicon import lexicon_entries
from training.functional import sentences as functional_sentences
from training.groups import FOLDS, fold_of
from training.texts import (
    HATE_ONLY,
    LISTED,
    RULESET,
    WEIGHTS,
    Example,
    looked_at,
    read_sets,
)

#: What a text of each kind counts.
MADE = {
    "clean_sentences": 1.5,
    "toxic_sentences": 1.0,
    "joined": 1.5,
    "listed_words": 0.5,
    "innocent_words": 2.0,
    "disguised": 0.5,
    "functional": 0.8,
}
SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
WORD = re.compile(r"[^\W\d_]{4,}")
SHORTEST_SENTENCE = 15
#: Of so many texts a misspelt copy is made.
DISGUISED_SHARE = 0.2
FEWEST_DISGUISED = 4
#: Joined in each fold.
CLEAN_JOINED, TOXIC_JOINED = 700, 200
INSULTING = {"insult_person", "threat_direct", "threat"}


def examples_of(folder: Path, seed: int) -> list[Example]:
    """Return all that the model is taught: the sets, and what is made from them."""
    chooser = random.Random(seed)
    seen = [looked_at(example, WEIGHTS[example.set]) for example in read_sets(folder)]
    sentences = [_looked_at(example) for example in _sentences(seen)]
    made = [
        *_functional(seed),
        *_listed_words(),
        *_innocent_words(),
        *_joined(sentences, chooser),
        *_disguised(seen, chooser),
    ]
    return [*seen, *sentences, *(_looked_at(example) for example in made)]


def _looked_at(example: Example) -> Example:
    return looked_at(example, MADE[example.set])


def _functional(seed: int) -> Iterator[Example]:
    """Yield the grammars' sentences; those of one template are in one fold."""
    for at, sentence in enumerate(functional_sentences(seed)):
        template = sentence.template
        hateful = "insult" if template.function in INSULTING else "hate"
        yield Example(
            "functional",
            f"functional-{at}",
            sentence.text,
            template.label,
            hateful if template.label else "none",
            template.function,
            template.language,
            fold=fold_of(template.name),
        )


def _sentences(examples: Sequence[Example]) -> Iterator[Example]:
    """Yield the sentences of toxic comments: those with a listed word as toxic, others as clean.

    The set marks whole comments; where one sentence explains the mark, the rest is clean.
    """
    for example in examples:
        if example.set != "toxic_spans":
            continue
        sentences = [found.strip() for found in SENTENCE.findall(example.text)]
        sentences = [text for text in sentences if len(text) > SHORTEST_SENTENCE]
        found = [classify(text, RULESET) for text in sentences]
        if len(sentences) > 1 and any(one.score >= LISTED for one in found):
            for at, (text, one) in enumerate(zip(sentences, found, strict=True)):
                place, fold = f"{example.id}-{at}", example.fold
                if not one.matches:
                    yield Example("clean_sentences", place, text, 0, "none", fold=fold)
                elif one.score >= LISTED:
                    yield Example("toxic_sentences", place, text, 1, "toxic", fold=fold)


def _listed_words() -> Iterator[Example]:
    for at, entry in enumerate(lexicon_entries()):
        yield Example(
            "listed_words",
            f"word-{at}",
            entry.word,
            1,
            str(entry.category),
            language=entry.language,
            fold=at % FOLDS,
        )


def _innocent_words() -> Iterator[Example]:
    """Yield the words and phrases that only look like listed ones."""
    for at, (word, *_) in enumerate(rows("innocent.tsv")):
        if "*" not in word:
            yield Example("innocent_words", f"innocent-{at}", word, 0, "none", fold=at % FOLDS)


def _joined(sentences: Sequence[Example], chooser: random.Random) -> Iterator[Example]:
    """Yield long texts, clean ones and ones with something toxic: length itself says nothing."""
    for fold in range(FOLDS):
        clean = [one.text for one in sentences if one.fold == fold and not one.label]
        toxic = [one.text for one in sentences if one.fold == fold and one.label]
        for at in range(CLEAN_JOINED if clean else 0):
            parts = [chooser.choice(clean) for _ in range(chooser.choice((2, 3, 4, 6, 8, 12, 16)))]
            yield Example("joined", f"c{fold}-{at}", " ".join(parts), 0, "none", fold=fold)
        for at in range(TOXIC_JOINED if clean and toxic else 0):
            parts = [chooser.choice(clean) for _ in range(chooser.choice((2, 3, 5, 8)))]
            parts.insert(chooser.randrange(len(parts) + 1), chooser.choice(toxic))
            yield Example("joined", f"t{fold}-{at}", " ".join(parts), 1, "toxic", fold=fold)


def _disguised(examples: Sequence[Example], chooser: random.Random) -> Iterator[Example]:
    """Yield misspelt texts: toxic ones in their listed words, clean ones in ordinary words.

    So that a slip or a strange letter by itself says nothing, least of all where coarse words
    stand in a clean text.
    """
    for example in examples:
        if example.label != example.is_toxic or example.set in HATE_ONLY:
            continue
        if not example.is_toxic and example.matches:
            kinds = chooser.sample(DISGUISES, 2)
        else:
            kinds = chooser.sample(DISGUISES, int(chooser.random() < DISGUISED_SHARE))
        for at, disguise in enumerate(kinds):
            text = example.text
            for start, end in reversed(_to_disguise(example, chooser)):
                if end - start >= FEWEST_DISGUISED:
                    text = text[:start] + disguise(text[start:end], chooser) + text[end:]
            if text != example.text:
                yield replace(example, set="disguised", id=f"{example.id}-d{at}", text=text)


def _to_disguise(example: Example, chooser: random.Random) -> list[tuple[int, int]]:
    if example.is_toxic:
        return [(match.start, match.end) for match in example.matches if match.text.isalpha()]
    listed = [(match.start, match.end) for match in example.matches]
    found = [word.span() for word in WORD.finditer(example.text)]
    ordinary = [span for span in found if span not in listed]
    return [chooser.choice(ordinary)] if ordinary else []


def _swapped(word: str, chooser: random.Random) -> str:
    at = chooser.randint(1, len(word) - 3)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _dropped(word: str, chooser: random.Random) -> str:
    places = [at for at in range(1, len(word)) if word[at].lower() in "aeiou"]
    at = chooser.choice(places) if places else len(word) - 1
    return word[:at] + word[at + 1 :]


def _glued(word: str, chooser: random.Random) -> str:
    rim = "".join(chooser.choice("xqzyk") for _ in range(2))
    return f"{rim}{word}{rim}"


def _doubled(word: str, chooser: random.Random) -> str:
    return "".join(sign * chooser.choice((1, 1, 2, 3)) for sign in word) + word[-1]


DISGUISES = (_swapped, _dropped, _glued, _doubled)
