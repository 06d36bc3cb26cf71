"""Find personal data of six types, anywhere in a text, whatever its length."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator

from phonenumbers import Leniency, PhoneNumberMatcher
from stdnum import iban as iban_number
from stdnum import luhn
from stdnum.us import ssn as us_ssn

from moderation.engine.matches import PiiMatch, PiiType
from moderation.engine.normalization import View

Span = tuple[int, int]

EMAIL = re.compile(
    r"(?<![a-z0-9._%+\-])[a-z0-9_%+\-](?:[a-z0-9._%+\-]{0,62}[a-z0-9_%+\-])?"
    r"@(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}(?![a-z0-9\-@])"
)
CARD = re.compile(r"(?<![\d.])[2-6]\d{3}(?:[ \-.]?\d){9,15}(?![\d])")
SSN = re.compile(r"(?<![\d\-.])\d{3}([\- .])\d{2}\1\d{4}(?![\d\-])")
BARE_SSN = re.compile(r"(?:\bssn\b|social security)[^\d]{0,30}(\d{9})(?!\d)")
IBAN = re.compile(r"(?<![a-z0-9])[a-z]{2}\d{2}(?:[ \-]?[a-z0-9]){11,30}(?![a-z0-9])")
IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
IPV6 = re.compile(
    r"(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\d*(?:\.\d{1,3}){3})?(?![\w:])"
)
DIGIT = re.compile(r"\d")
DATE = re.compile(r"\d{4}[\-/.]\d{1,2}[\-/.]\d{1,2}|\d{1,2}[\-/.]\d{1,2}[\-/.]\d{2,4}")
#: Stretches of text that could hold a phone number: digits with the signs written among them.
PHONE_STRETCH = re.compile(r"[+(]?\d[\d \-.()/\u2010-\u2015\u00a0]{5,40}\d")
#: Digits typed in a row for want of a number.
COUNTED = frozenset({"123456789", "1234567890", "0123456789", "9876543210"})
FEWEST_PHONE_DIGITS = 7
FEWEST_BARE_PHONE_DIGITS = 9
MAX_TRIES = 20
#: How many stretches of one text are given to the phone parser, which is slow.
MAX_STRETCHES = 40


def find_pii(view: View, text: str, regions: Iterable[str]) -> tuple[PiiMatch, ...]:
    """Return the personal data in a folded view, cut from the text as it was sent."""
    folded = view.text
    has_digits = DIGIT.search(folded) is not None
    if not has_digits and "@" not in folded and "::" not in folded:
        return ()
    taken = bytearray(len(folded))
    found: list[PiiMatch] = []
    for kind, finder in _finders(tuple(regions)):
        for first, last in finder(folded):
            if not any(taken[first:last]):
                taken[first:last] = b"\x01" * (last - first)
                start, end = view.span(first, last)
                found.append(PiiMatch(kind, start, end, text[start:end]))
    return tuple(sorted(found, key=lambda match: match.start))


def _finders(
    regions: tuple[str, ...],
) -> tuple[tuple[PiiType, Callable[[str], Iterator[Span]]], ...]:
    """Return the finders, the surer ones first: what they take is not looked at again."""
    return (
        (PiiType.EMAIL, _emails),
        (PiiType.US_SSN, _social_numbers),
        (PiiType.IBAN, _ibans),
        (PiiType.CREDIT_CARD, _cards),
        (PiiType.IP_ADDRESS, _addresses),
        (PiiType.PHONE, lambda text: _phones(text, regions)),
    )


def _emails(text: str) -> Iterator[Span]:
    if "@" in text:
        yield from (found.span() for found in EMAIL.finditer(text))


def _social_numbers(text: str) -> Iterator[Span]:
    for found in SSN.finditer(text):
        if us_ssn.is_valid(re.sub(r"\D", "", found[0])):
            yield found.span()
    for found in BARE_SSN.finditer(text):
        if us_ssn.is_valid(found[1]):
            yield found.span(1)


def _ibans(text: str) -> Iterator[Span]:
    for found in IBAN.finditer(text):
        if span := _longest_iban(text, found.start(), found.end()):
            yield span


def _longest_iban(text: str, start: int, end: int) -> Span | None:
    """Return the IBAN that begins here; a word after it may have been taken along."""
    while end - start >= 15:
        if iban_number.is_valid(text[start:end]):
            return start, end
        shorter = max(text.rfind(" ", start, end), text.rfind("-", start, end))
        if shorter < 0:
            return None
        end = shorter
    return None


def _cards(text: str) -> Iterator[Span]:
    for found in CARD.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if 13 <= len(digits) <= 19 and len(set(digits)) > 1 and luhn.is_valid(digits):
            yield found.span()


def _addresses(text: str) -> Iterator[Span]:
    for pattern in (IPV4, IPV6):
        for found in pattern.finditer(text):
            if _is_address(found[0]):
                yield found.span()


def _is_address(written: str) -> bool:
    # "::" and "a::b" are code, not somebody's address.
    if sum(sign.isalnum() for sign in written) < 3:
        return False
    try:
        ipaddress.ip_address(written)
    except ValueError:
        return False
    return True


def _phones(text: str, regions: tuple[str, ...]) -> Iterator[Span]:
    stretches = (found for found in PHONE_STRETCH.finditer(text) if _may_be_phone(found[0]))
    for count, found in enumerate(stretches):
        if count >= MAX_STRETCHES:
            return
        start = found.start()
        if start and (text[start - 1].isalnum() or text[start - 1] in "$#.:/"):
            continue
        if span := _phone_in(found[0], regions):
            yield start + span[0], start + span[1]


def _may_be_phone(stretch: str) -> bool:
    count = sum(sign.isdigit() for sign in stretch)
    least = FEWEST_PHONE_DIGITS if stretch[0] in "+(" else FEWEST_BARE_PHONE_DIGITS
    return least <= count <= 24 and stretch not in COUNTED and not DATE.fullmatch(stretch)


def _phone_in(stretch: str, regions: tuple[str, ...]) -> Span | None:
    for region in ("ZZ",) if stretch[0] == "+" else regions:
        matcher = PhoneNumberMatcher(stretch, region, leniency=Leniency.VALID, max_tries=MAX_TRIES)
        for match in matcher:
            return match.start, match.end
    return None
