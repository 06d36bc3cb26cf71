"""The nine reasons to reject content, and the one to suggest."""

from collections.abc import Iterable
from dataclasses import dataclass

from moderation.lib.highlight import kind_title
from moderation.lib.languages import gettext_lazy
from moderation.models import ModerationLog


@dataclass(frozen=True)
class Reason:
    #: The digit that picks it.
    key: int
    #: One of the engine's categories.
    code: str
    name: str


#: The order never changes, so that moderators can learn the keys.
NAMES = {
    "insult": gettext_lazy("Insult"),
    "harassment": gettext_lazy("Harassment"),
    "hate_speech": gettext_lazy("Hate speech"),
    "threat": gettext_lazy("Threat"),
    "sexual": gettext_lazy("Sexual content"),
    "self_harm": gettext_lazy("Self-harm"),
    "spam": gettext_lazy("Spam"),
    "personal_info": gettext_lazy("Personal data"),
}
#: The ninth reason covers the rest.
OTHERS = {"profanity": gettext_lazy("Profanity"), "other": gettext_lazy("Other")}
#: Engine reasons → the nearest reason that a person can choose.
NEAREST = {"duplicate": "spam", "flood": "spam", "toxicity": "insult"}


def suggested_code(log: ModerationLog, reported_for: Iterable[str] = ()) -> str:
    """Return the engine's strongest reason, else the reporters' first, else `other`."""
    reported = [reason.strip().lower().replace(" ", "_") for reason in reported_for]
    for reason in [*log.reasons, *reported]:
        code = str(NEAREST.get(reason, reason))
        if code in NAMES or code in OTHERS:
            return code
    return "other"


def reasons_for(suggested: str) -> list[Reason]:
    """Return the nine reasons; profanity takes the last place if it is the suggested one."""
    last = suggested if suggested in OTHERS else "other"
    named = [*NAMES.items(), (last, OTHERS[last])]
    return [Reason(key, code, name) for key, (code, name) in enumerate(named, start=1)]


def reason_name(code: str) -> str:
    """Return a reason's name for people, even if only the API accepts it; "" stays empty."""
    return {**NAMES, **OTHERS}.get(code) or kind_title(code)
