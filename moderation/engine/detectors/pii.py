"""Find personal data of six types, anywhere in a text, whatever its length."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator

from stdnum import iban as iban_number
from stdnum import luhn
from stdnum.us import ssn as us_ssn

from moderation.engine.detectors.phones import find_phones
from moderation.engine.matches import PiiMatch, PiiType
from moderation.engine.text.fold import TextView

Span = tuple[int, int]

EMAIL = re.compile(
    r"(?<![a-z0-9._%+\-])[a-z0-9_%+\-](?:[a-z0-9._%+\-]{0,62}[a-z0-9_%+\-])?"
    r"@(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}(?![a-z0-9\-@])"
)
CARD = re.compile(r"(?<![\w.])[1-6]\d{3}(?:[ \-.]?\d){8,15}(?![\w])")
#: Numbers in a link or a path name a page or a file.
ADDRESS = re.compile(r"(?:https?://|www\.|(?<!\S)/)[^\s<>]*\Z")
#: First digits and lengths that the card schemes issue (ISO/IEC 7812).
SCHEMES = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"
    r"|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|(?:30[0-5]|3[689])\d{11,16}|35\d{14,17}|(?:1800|2131)\d{11}"
    r"|6(?:011|4[4-9]\d|[25]\d\d)\d{12}(?:\d{3})?"
    r"|(?:50(?:18|20|38)|5893|6304|6759|676[1-3])\d{8,15}"
)
SSN = re.compile(r"(?<![\d\-.])\d{3} ?- ?\d{2} ?- ?\d{4}(?![\d\-])")
#: Numbers with blanks or dots, or nothing, between them are often something else.
NAMED_SSN = re.compile(
    r"(?:\bssn\b|social security)[^\d]{0,30}(\d{9}|\d{3}([ .])\d{2}\2\d{4})(?![\d\-])"
)
IBAN = re.compile(r"(?<![a-z0-9])[a-z]{2}\d{2}(?:[ \-]?[a-z0-9]){11,30}")
#: Countries with how long their account numbers are (SWIFT IBAN registry).
IBAN_COUNTRIES = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 "
    "DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 "
    "IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 "
    "MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 "
    "SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
)
IBAN_LENGTHS = {entry[:2].lower(): int(entry[2:]) for entry in IBAN_COUNTRIES.split()}
IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
IPV6 = re.compile(
    r"(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\d*(?:\.\d{1,3}){3})?(?![\w:])"
)
#: "john (at) example (dot) com", "john.smith @ gmail . com", "juan arroba gmail punto com".
SPELLED_AT = re.compile(r"[\[({<] ?(?:at|a) ?[\])}>]")
SPELLED_EMAIL = re.compile(
    r"(?<![a-z0-9._%+\-])[a-z0-9][a-z0-9._%+\-]{0,40}"
    r"(?: ?[\[({<] ?(?:at|a|arroba) ?[\])}>] ?| @ | arroba |@)"
    r"[a-z0-9][a-z0-9\-]{0,40}"
    r"(?: ?[\[({<] ?(?:dot|punto|d) ?[\])}>] ?| dot | punto | \. ?|\.)"
    r"(?:com|net|org|edu|gov|io|co|info|me|es|mx|de|fr|uk|pk|in)(?![a-z0-9@\-])"
)
DIGIT = re.compile(r"\d")
#: Before the name: a handle ("@ana@site", "!group@site"), a path or a password in an address.
NOT_BEFORE_EMAIL = re.compile(r"(?:[@!/]|://[^\s/]{0,80}:)\Z")
#: After the domain: the path of a remote ("git@host:app.git").
REMOTE_PATH = re.compile(r":[\w/~.]|/\w")
#: The domain of a picture for a screen of so many times the pixels ("logo@2x.png").
PICTURE = re.compile(r"@\d+x\.")
#: Before a version or a section, which looks like an address of the internet.
NUMBERED = re.compile(
    r"(?:\b(?:version|ver|v|released?|rev|build|firmware|driver|section|sec|chapter|clause"
    r"|article|step|rule|figure|table|assembly|product|update|patch|mask|netmask) *[:#=]? *"
    r"|[a-z]/|(?<!ip)(?<!ip )[<>=~^]=? ?|\u00a7 ?)\Z"
)
#: Loopback, "any address" and masks belong to nobody.
NOBODY = ("0.", "127.", "255.")
LOOK_BACK = 40


def find_pii(view: TextView, text: str, regions: Iterable[str]) -> tuple[PiiMatch, ...]:
    """Return the personal data in a folded view, cut from the text as it was sent."""
    folded = view.text
    has_digits = DIGIT.search(folded) is not None
    is_spelled = "arroba" in folded or SPELLED_AT.search(folded) is not None
    if not has_digits and not is_spelled and "@" not in folded and "::" not in folded:
        return ()
    taken = bytearray(len(folded))
    found: list[PiiMatch] = []
    # The surer ones come first: what they take is not searched again.
    finders: tuple[tuple[PiiType, Callable[[str], Iterator[Span]]], ...] = (
        (PiiType.EMAIL, emails),
        (PiiType.EMAIL, spelled_emails),
        (PiiType.US_SSN, social_numbers),
        (PiiType.IBAN, ibans),
        (PiiType.CREDIT_CARD, cards),
        (PiiType.IP_ADDRESS, addresses),
        (PiiType.PHONE, lambda text: find_phones(text, tuple(regions))),
    )
    for kind, finder in finders:
        for first, last in finder(folded):
            if taken.find(1, first, last) < 0:
                taken[first:last] = b"\x01" * (last - first)
                start, end = view.span(first, last)
                found.append(PiiMatch(kind, start, end, text[start:end]))
    return tuple(sorted(found, key=lambda match: match.start))


def emails(text: str) -> Iterator[Span]:
    if "@" not in text:
        return
    for found in EMAIL.finditer(text):
        start, end = found.span()
        if NOT_BEFORE_EMAIL.search(text[max(0, start - LOOK_BACK) : start]):
            continue
        if not REMOTE_PATH.match(text, end) and not PICTURE.search(found[0]):
            yield start, end


def spelled_emails(text: str) -> Iterator[Span]:
    """Yield addresses whose signs are spelled out to hide them."""
    if " @ " in text or "arroba" in text or SPELLED_AT.search(text):
        for found in SPELLED_EMAIL.finditer(text):
            if not EMAIL.fullmatch(found[0]):
                yield found.span()


def social_numbers(text: str) -> Iterator[Span]:
    for found in SSN.finditer(text):
        if us_ssn.is_valid(re.sub(r"\D", "", found[0])):
            yield found.span()
    for found in NAMED_SSN.finditer(text):
        if us_ssn.is_valid(re.sub(r"\D", "", found[1])):
            yield found.span(1)


def ibans(text: str) -> Iterator[Span]:
    for found in IBAN.finditer(text):
        length = IBAN_LENGTHS.get(found[0][:2], 0)
        signs = [place for place in range(*found.span()) if text[place].isalnum()][:length]
        # The pattern may have taken in the word that follows.
        if not length or len(signs) < length or text[signs[-1] + 1 :][:1].isalnum():
            continue
        if iban_number.is_valid("".join(text[place] for place in signs)):
            yield found.start(), signs[-1] + 1


def cards(text: str) -> Iterator[Span]:
    for found in CARD.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if ADDRESS.search(text[max(0, found.start() - LOOK_BACK) : found.start()]):
            continue
        if SCHEMES.fullmatch(digits) and len(set(digits)) > 1 and luhn.is_valid(digits):
            yield found.span()


def addresses(text: str) -> Iterator[Span]:
    for pattern in (IPV4, IPV6):
        for found in pattern.finditer(text):
            written, start = found[0], found.start()
            # "::" and "dead::beef" are code, "::1" is one's own machine.
            is_code = not DIGIT.search(written) or sum(map(str.isalnum, written)) < 3
            if is_code or written.startswith(NOBODY):
                continue
            if NUMBERED.search(text[max(0, start - LOOK_BACK) : start]):
                continue
            try:
                ipaddress.ip_address(written)
            except ValueError:
                continue
            yield found.span()
