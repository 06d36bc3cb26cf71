"""Find phone numbers among dates, scores, order numbers, versions and other digits."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, pairwise

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberDesc

Span = tuple[int, int]

#: Digits with the signs that phone numbers contain.
STRETCH = re.compile(
    r"(?<![\w$#.:=])(?:\+|\(\+?)?\d(?:[ \-.()/\u2010-\u2015\u00a0]{0,3}\d){6,24}(?![\w@])"
)
GROUP = re.compile(r"\d+")
DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[\-/.](?:0?[1-9]|1[0-2])[\-/.][0-3]?\d|[0-3]?\d[\-/.][0-3]?\d[\-/.](?:19|20)\d\d)(?!\d)"
)
#: Groups of digits of other things: a postal code, a licence, an address, scores.
OTHER_SHAPES = re.compile(
    r"\d{5}[ \-]\d{4}|\d{4}-\d{2}-\d{4}|(?:\d{1,3}\.){3}\d{1,3}|\d{1,6}[./]\d{1,6}"
    r"|\d{1,2}/\d{4}\W+\d{1,2}/\d{4}|\d\d\.\d\d\.\d\d\W+\d\d\.\d\d\.\d\d"
    r"|(?=.*-)(?=.* )\d{1,2}(?:[ \-]\d{1,2})+"
)
#: Digits that people type when they have no number.
COUNTED = frozenset({"123456789", "1234567890", "0123456789", "9876543210", "0987654321"})
#: Between such a word and the number stand only small words: "call me at", "phone number:".
BETWEEN = (
    r"(?:\W|\b(?:is|at|me|us|him|her|on|no|nr|num|number|numbers|numero|to|or|and|hai|hain|pe|par|kar"
    r"|karo|karein|es|al|a|now|my|mi|our|here|for|ko|it|back|today|tonight|please|pls|the|office|home"
    r"|work|line|support|via|las|los|el|en|s)\b){0,12}"
)
NAMED = re.compile(
    r"\b(?:phones?|tel|telephone|mobile|mob|cell|fax|call|calls|calling|dial|ring|text me|txt|sms|"
    r"whatsapp|answering|reach (?:me|us|him|her)|registered|contact|telefono|tel[eé]fono|movil|"
    r"celular|llama|llamame|llamar|marca|fon|rabta|number pe|number par|my number|number is)\b"
    + BETWEEN
    + "$"
)
#: Before a number without signs these words may mean something else: "system call 1234567".
WEAK_NAME = re.compile(r"\b(?:call|calls|calling|ring|cell|mobile|contact|registered|marca)\W*\Z")
#: A number in a link or a path is no phone, but for the links that call one.
ADDRESS = re.compile(r"(?:https?://|www\.|(?<!\S)/)[^\s<>]*\Z")
CALLING = re.compile(r"(?:wa\.me/|phone=|tel:)\+?\Z")
NUMBERED = re.compile(
    r"\b(?:order|invoice|ticket|ref|reference|id|uid|pid|tracking|case|serial|isbn|sku|imei|code|"
    r"score|build|commit|timestamp|epoch|version|account|acct|a/c|licen[cs]e|passport|pedido|"
    r"factura|folio|guia|issue|bug|post|page|rs|pkr|usd|eur|inr)\b"
    r"(?: ?(?:no|number|num|nr|numero|id)\b)?[ .:#=]*(?:is|es|was|hai)?[ :#]*$"
)
#: The kinds of numbers that phonenumbers distinguishes.
KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number",
    "voip", "pager", "uan", "voicemail",
)  # fmt: skip
NOTHING = re.compile("(?!)").fullmatch
LOOK_BACK = 40
#: More groups than a phone number is written in, and the fewest that show a series.
LONG_ROW, SHORT_ROW = 6, 3
FEWEST_DIGITS = 7
FEWEST_BARE_DIGITS = 9
MOST_DIGITS = 15
#: More numbers than this in one text change no verdict.
MOST_FOUND = 100


def find_phones(text: str, regions: tuple[str, ...]) -> Iterator[Span]:
    """Yield the spans of phone numbers of these regions, or of any region with its code."""
    found = 0
    for stretch in STRETCH.finditer(text):
        before = text[max(0, stretch.start() - LOOK_BACK) : stretch.start()].rpartition("\n")[2]
        if NUMBERED.search(before) or (ADDRESS.search(before) and not CALLING.search(before)):
            continue
        is_named = NAMED.search(before) is not None or CALLING.search(before) is not None
        if is_named and stretch[0].isdigit() and len(stretch[0]) < FEWEST_BARE_DIGITS:
            is_named = not WEAK_NAME.search(before)
        date = DATE.search(text, stretch.start(), stretch.end())
        # What follows a date is a time of day.
        start, end = stretch.start(), date.start() if date else stretch.end()
        if span := _longest(text[start:end], regions, is_named=is_named):
            yield start + span[0], start + span[1]
            found += 1
        if found >= MOST_FOUND:
            return


def _longest(stretch: str, regions: tuple[str, ...], *, is_named: bool) -> Span | None:
    groups = [group.span() for group in GROUP.finditer(stretch)]
    sizes = [0, *accumulate(end - start for start, end in groups)]
    for first in range(min(len(groups), 3)):
        start = groups[first][0]
        # A plus or a bracket before the first digit is part of the number.
        while start and stretch[start - 1] in "+(":
            start -= 1
        for last in range(len(groups), first, -1):
            end = groups[last - 1][1]
            if not FEWEST_DIGITS <= sizes[last] - sizes[first] <= MOST_DIGITS:
                continue
            if _is_phone(stretch[start:end], regions, is_named):
                return start, end
    return None


def is_row(written: str) -> bool:
    """Say whether groups of digits are a row of numbers: a count, scores, years, a series."""
    if written[0] in "+(":
        return False
    groups = GROUP.findall(written)
    if len(groups) >= LONG_ROW or (len(groups) == LONG_ROW - 1 and written[0] != "0"):
        return True
    numbers = [int(group) for group in groups]
    if len(numbers) < SHORT_ROW:
        return False
    steps = {later - earlier for earlier, later in pairwise(numbers)}
    are_years = all(len(group) == 4 and group[:2] in {"19", "20"} for group in groups)
    return len(steps) == 1 or are_years


@lru_cache(maxsize=4_096)
def _is_phone(written: str, regions: tuple[str, ...], is_named: bool) -> bool:  # noqa: FBT001 - a key of the cache
    digits = "".join(GROUP.findall(written))
    least = FEWEST_DIGITS if is_named or written[0] in "+(" else FEWEST_BARE_DIGITS
    if not least <= len(digits) <= MOST_DIGITS or digits in COUNTED or len(set(digits)) < 3:
        return False
    if OTHER_SHAPES.fullmatch(written) or is_row(written):
        return False
    if "+" in written[:2]:
        return _is_valid_abroad(f"+{digits}")
    if is_named and len(digits) <= 12:
        return True
    return any(_is_written_for(region, written, digits) for region in regions)


def _is_written_for(region: str, written: str, digits: str) -> bool:
    plan = _plan(region)
    international = digits.removeprefix("00")
    if international.startswith(plan.code) and plan.is_valid(international[len(plan.code) :]):
        return True
    if plan.prefix and digits.startswith(plan.prefix) and plan.is_valid(digits[len(plan.prefix) :]):
        return True
    # Digits without signs are a phone number only if they are a mobile one. Where the plan does not
    # tell mobile numbers apart, as in North America, nearly every ten digits are valid.
    is_mobile = plan.is_mobile(digits) and not plan.is_fixed(digits)
    return bool(plan.is_valid(digits) and (written != digits or is_mobile))


@dataclass(frozen=True, slots=True)
class _Plan:
    """How one region writes its numbers."""

    #: The country's code, without a plus.
    code: str
    #: The digits dialled before a national number; may be empty.
    prefix: str
    is_valid: Callable[[str], object]
    is_mobile: Callable[[str], object]
    is_fixed: Callable[[str], object]


@cache
def _plan(region: str) -> _Plan:
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None:
        return _Plan("?", "", NOTHING, NOTHING, NOTHING)
    every = [getattr(metadata, kind) for kind in KINDS]
    return _Plan(
        code=str(metadata.country_code),
        prefix=metadata.national_prefix or "",
        is_valid=_one_of(every),
        is_mobile=_one_of([metadata.mobile]),
        is_fixed=_one_of([metadata.fixed_line]),
    )


def _one_of(kinds: Iterable[PhoneNumberDesc | None]) -> Callable[[str], object]:
    patterns = [kind.national_number_pattern for kind in kinds if kind]
    return re.compile(
        "|".join(f"(?:{pattern})" for pattern in patterns if pattern) or "(?!)"
    ).fullmatch


@lru_cache(maxsize=4_096)
def _is_valid_abroad(written: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(written))
    except phonenumbers.NumberParseException:
        return False
