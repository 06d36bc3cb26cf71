"""Domain names in the one form in which they can be compared: as DNS knows them (IDNA, UTS #46)."""

import re
from functools import lru_cache

import idna

#: What browsers read as the dot of a domain.
DOTS = ".\u3002\uff61\uff0e"
DOT = re.compile(f"[{DOTS}]")
ACE = "xn--"
#: The most characters of a name, and of a label that a text may have filled with invisible ones.
LONGEST_NAME, LONGEST_LABEL = 253, 500


def domain_form(name: str) -> str:
    """Return a domain in ASCII and small letters; UnicodeError if it cannot be encoded."""
    form = ".".join(map(label_form, DOT.split(name)))
    if len(form) > LONGEST_NAME:
        raise UnicodeError(f"{name} has more than {LONGEST_NAME} characters.")
    return form


@lru_cache(maxsize=4_096)
def label_form(label: str) -> str:
    """Return one label of a domain; UnicodeError if it cannot be encoded."""
    if len(label) > LONGEST_LABEL:
        raise UnicodeError("The label is too long.")
    # Maps capitals, widths and accents, and leaves out what is invisible.
    plain = idna.uts46_remap(label, std3_rules=False)
    if plain.startswith(ACE):
        # Not idna.ulabel: it refuses emojis, which browsers encode.
        decoded = plain[len(ACE) :].encode("ascii").decode("punycode")
        if decoded.isascii() or idna.uts46_remap(decoded, std3_rules=False) != decoded:
            raise UnicodeError(f"{label} encodes no label.")
    return plain if plain.isascii() else idna.alabel(plain).decode("ascii")
