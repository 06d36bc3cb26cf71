"""The sentences that authors read, in the languages that Gavel speaks."""

from collections.abc import Mapping

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "approved": "Message approved.",
        "advised": "Please mind your language.",
        "flagged": "Your message awaits review.",
        "strike": "Warning. Strike {strikes}/{limit}",
        "blocked": "Your message was blocked.",
        "temp_ban": "You are banned until {until}.",
        "perm_ban": "You are banned permanently.",
        "user_banned": "You are banned and cannot write here.",
    },
    "es": {
        "approved": "Mensaje aprobado.",
        "advised": "Cuida tu lenguaje, por favor.",
        "flagged": "Tu mensaje espera revisión.",
        "strike": "Advertencia. Strike {strikes}/{limit}",
        "blocked": "Tu mensaje fue bloqueado.",
        "temp_ban": "Tienes prohibido escribir hasta {until}.",
        "perm_ban": "Tienes prohibido escribir de forma permanente.",
        "user_banned": "Tienes prohibido escribir aquí.",
    },
    "ur-Latn": {
        "approved": "Paigham manzoor ho gaya.",
        "advised": "Meherbani kar ke zaban ka khayal rakhein.",
        "flagged": "Aap ka paigham jaiza ka muntazir hai.",
        "strike": "Tanbeeh. Strike {strikes}/{limit}",
        "blocked": "Aap ka paigham rok diya gaya.",
        "temp_ban": "Aap par {until} tak pabandi hai.",
        "perm_ban": "Aap par mustaqil pabandi hai.",
        "user_banned": "Aap par pabandi hai, yahan likh nahi sakte.",
    },
}
DEFAULT_LANGUAGE = "en"


def sentence(key: str, language: str, accept_language: str = "", **values: object) -> str:
    """Return the sentence in the content's language if it is ours, else by Accept-Language."""
    return SENTENCES[_chosen(language, accept_language)][key].format(**values)


def _chosen(language: str, accept_language: str) -> str:
    if language in SENTENCES:
        return language
    for part in accept_language.split(","):
        wanted = part.split(";")[0].strip()
        for known in SENTENCES:
            if wanted.lower() in {known.lower(), f"{known.lower()}-{wanted[-2:].lower()}"}:
                return known
    return DEFAULT_LANGUAGE
