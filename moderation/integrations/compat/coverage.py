"""Tell whether a comment's language is covered here, by word lists or by the model."""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.engine.text.detection import detected_language
from moderation.engine.text.language import UNDETERMINED
from moderation.rules.compile import ActiveRuleset
from moderation.rules.scorer import model_languages

#: Other names of languages that have lists here.
SAME = {"hi-latn": "ur-latn", "ur": "ur-arab", "iw": "he", "in": "id", "nb": "no", "nn": "no"}
LONGEST_SUBTAG_OF_REGION = 3


@dataclass(frozen=True)
class Coverage:
    """What can judge a comment."""

    #: A language tag, or "und".
    detected: str
    #: Whether lists or the model know the language.
    is_covered: bool
    #: Whether the model does.
    has_model: bool


def coverage_of(text: str, named: Sequence[str], active: ActiveRuleset) -> Coverage:
    """Return how the text's language is covered: the detected one, else any of the named ones.

    A client that names a language is often wrong, because it names its site's. A text that shows
    no language, without a named one, is taken for one of the project's.
    """
    detected = detected_language(text, [tag.split("-")[0] for tag in active.compiled.languages])
    tags = named if detected == UNDETERMINED else (detected,)
    languages = [_plain(tag) for tag in tags if tag.strip()]
    if not text.strip():
        # A model has an opinion even about nothing.
        return Coverage(detected, is_covered=True, has_model=False)
    if not languages:
        return Coverage(detected, is_covered=True, has_model=True)
    of_model = {_plain(tag) for tag in model_languages()}
    listed = {_plain(tag) for tag in active.compiled.languages}
    has_model = not of_model.isdisjoint(languages)
    return Coverage(detected, has_model or not listed.isdisjoint(languages), has_model)


def _plain(tag: str) -> str:
    """Return a tag in small letters without its region: `en-GB` is `en`, `ur-Latn` stays."""
    parts = tag.lower().replace("_", "-").split("-")
    kept = [parts[0], *(part for part in parts[1:] if len(part) > LONGEST_SUBTAG_OF_REGION)]
    plain = "-".join(kept)
    return SAME.get(plain, plain)
