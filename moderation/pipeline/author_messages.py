"""The messages that authors see, in English, Spanish and Roman Urdu."""

import re
from collections.abc import Mapping
from typing import Any

from moderation.engine.verdict.author_record import next_step
from moderation.engine.verdict.policy import Policy

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "approved": "Message approved.",
        "advised": "Please mind your language.",
        "flagged": "Your message awaits review.",
        "strike": "Warning. Strike {strikes}/{limit}",
        "strike_beyond": "Warning. Strike {strikes}",
        "strike_held": "Warning. Strike {strikes}. A moderator will decide about a ban.",
        "blocked": "Your message was blocked.",
        "temp_ban": "You are banned until {until}.",
        "perm_ban": "You are banned permanently.",
        "user_banned": "You are banned and cannot write here.",
        "muted": "You are muted until {until}.",
    },
    "es": {
        "approved": "Mensaje aprobado.",
        "advised": "Cuida tu lenguaje, por favor.",
        "flagged": "Tu mensaje espera revisión.",
        "strike": "Advertencia. Strike {strikes}/{limit}",
        "strike_beyond": "Advertencia. Strike {strikes}",
        "strike_held": "Advertencia. Strike {strikes}. Un moderador decidirá si te expulsa.",
        "blocked": "Tu mensaje fue bloqueado.",
        "temp_ban": "Tienes prohibido escribir hasta {until}.",
        "perm_ban": "Tienes prohibido escribir de forma permanente.",
        "user_banned": "Tienes prohibido escribir aquí.",
        "muted": "No puedes escribir hasta {until}.",
    },
    "ur-Latn": {
        "approved": "Paigham manzoor ho gaya.",
        "advised": "Meherbani kar ke zaban ka khayal rakhein.",
        "flagged": "Aap ka paigham jaiza ka muntazir hai.",
        "strike": "Tanbeeh. Strike {strikes}/{limit}",
        "strike_beyond": "Tanbeeh. Strike {strikes}",
        "strike_held": "Tanbeeh. Strike {strikes}. Pabandi ka faisla moderator karega.",
        "blocked": "Aap ka paigham rok diya gaya.",
        "temp_ban": "Aap par {until} tak pabandi hai.",
        "perm_ban": "Aap par mustaqil pabandi hai.",
        "user_banned": "Aap par pabandi hai, yahan likh nahi sakte.",
        "muted": "Aap {until} tak likh nahi sakte.",
    },
}
DEFAULT_LANGUAGE = "en"
#: A primary language code → the language of its sentences; Urdu is written in Latin letters.
BY_CODE = {tag.split("-")[0].lower(): tag for tag in SENTENCES}
#: RFC 9110, "Quality Values".
QUALITY = re.compile(r"[01](\.\d{0,3})?")
LONGEST_HEADER = 500


def strike_key(
    strikes: int, policy: Policy, *, is_ban_held: bool = False
) -> tuple[str, dict[str, Any]]:
    """Return the key and the values of the sentence that tells an author of their last strike.

    is_ban_held: a ban for it waits for a moderator.
    """
    step = next_step(strikes, policy)
    if is_ban_held:
        return "strike_held", {"strikes": strikes}
    if step is None:
        return "strike_beyond", {"strikes": strikes}
    return "strike", {"strikes": strikes, "limit": step}


def sentence(
    key: str,
    language: str,
    accept_language: str = "",
    fallback: str = DEFAULT_LANGUAGE,
    **values: object,
) -> str:
    """Return the sentence in the content's language, else by Accept-Language, else in `fallback`.

    A language without sentences counts as English.
    """
    default = fallback if fallback in SENTENCES else DEFAULT_LANGUAGE
    chosen = language
    if language not in SENTENCES:
        spoken = (BY_CODE.get(tag.split("-")[0]) for tag in preferred_tags(accept_language))
        chosen = next((known for known in spoken if known), default)
    return SENTENCES[chosen][key].format(**values)


def preferred_tags(accept_language: str) -> list[str]:
    """Return the tags of an Accept-Language header in small letters, the most wanted first."""
    wanted: list[tuple[float, str]] = []
    for part in accept_language[:LONGEST_HEADER].split(","):
        tag, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        share = float(quality) if QUALITY.fullmatch(quality) else 0.0
        if tag and share > 0:
            wanted.append((-share, tag))
    return [tag for _, tag in sorted(wanted, key=lambda each: each[0])]
