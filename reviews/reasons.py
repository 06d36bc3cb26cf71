"""The reasons for which content is rejected, nine of them, and the one that suggests itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from moderation.models import ModerationLog


@dataclass(frozen=True)
class Reason:
    #: The digit that picks it.
    key: int
    #: One of the engine's categories.
    code: str
    name: str


#: The places never change, so that a hand may know them.
NAMES = {
    "insult": "Insult",
    "harassment": "Harassment",
    "hate_speech": "Hate speech",
    "threat": "Threat",
    "sexual": "Sexual content",
    "self_harm": "Self-harm",
    "spam": "Spam",
    "personal_info": "Personal data",
}
#: The ninth is what fits none of the eight.
OTHERS = {"profanity": "Profanity", "other": "Other"}
#: Reasons of the engine that are no reason to give to a person.
AKIN = {"duplicate": "spam", "flood": "spam", "toxicity": "insult"}


def suggested_code(log: ModerationLog, reported_for: Iterable[str] = ()) -> str:
    """Return the strongest of the engine's reasons, else of the reporters', else `other`."""
    reported = [reason.strip().lower().replace(" ", "_") for reason in reported_for]
    for reason in [*log.reasons, *reported]:
        code = str(AKIN.get(reason, reason))
        if code in NAMES or code in OTHERS:
            return code
    return "other"


def reasons_for(suggested: str) -> list[Reason]:
    """Return the nine; profanity takes the last place where it suggests itself."""
    last = suggested if suggested in OTHERS else "other"
    named = [*NAMES.items(), (last, OTHERS[last])]
    return [Reason(key, code, name) for key, (code, name) in enumerate(named, start=1)]


def reason_name(code: str) -> str:
    """Return a reason in words, also one that only the API could give; "" stays empty."""
    return {**NAMES, **OTHERS}.get(code, code.replace("_", " ").capitalize())
