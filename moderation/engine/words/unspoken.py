"""Say which listed words nobody means: in code, titles, acronyms, names of places and games.

`SELECT ass.id FROM ass`, "fix ass loader", “Bitches Brew by Miles Davis”, the D.I.C.K. protocol,
the Chutia district.
Something beside the word must show it: a name alone, or code alone, excuses nothing.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from moderation.engine.matches import Category, Match, Source
from moderation.engine.words.jest import is_about_a_game

#: Threats are meant wherever they stand, except about a game.
NEVER = frozenset({Category.THREAT, Category.SELF_HARM})
#: Who is spoken to is meant.
READER = re.compile(
    r"\b(?:you|your|youre|yourself|u|ur|eres|sos|vos|tum|aap|tera|teri|tere)\b(?!\.\w| ?=)"
)

#: What a line of code has, and a sentence does not.
CODE = re.compile(
    r"\bSELECT\b.+\bFROM\b|\bJOIN\b.+\bON\b|\bINSERT INTO\b|\bUPDATE \w+ SET\b|\bDELETE FROM\b"
    r"|\bWHERE\b.+[=<>]|\b(?:PRIMARY KEY|NOT NULL|VARCHAR|CREATE TABLE)\b"
    r"|^\s*(?:def|class|import|from|const|let|var|for|if|while|return|public|private|func|fn)\b"
    r".*(?:[=;{:]\s*|\w\(|\w\.\w.*)"
    r"|\w\(\w* ?=|\w\([^()\n]*\)\s*[;:{.\[]|(?<=[\w)\]])\s?[=!]==?\s?(?=[\w\"'])|=>|->|\+=|:="
    r"|\w\[[\"'\w]|^\s*<\w+[^<>\n]*>.*</\w+>|\bat (?:\w+\.){2,}\w+\("
)
#: How an identifier is joined to what stands before and after it.
JOINED_BEFORE = re.compile(
    r"(?:\w[._]|\w\(|\w\[[\"']|=[\"']|\$|->|::"
    r"|\b(?:FROM|JOIN|AS|INTO|UPDATE|TABLE|const|let|var|def|class|new|import)\s+"
    r"|\b(?:FROM|JOIN) \w+ )$"
)
JOINED_AFTER = re.compile(r"[._]\w|[(\[]|\s*(?:[-+*/]?=|=>)\s*\S|->|::")
ASSIGNED = re.compile(r"\s*(?:[-+*/]?=)\s*\S")

#: The part of a link behind the name of its site, and a long key or encoded file.
PATH = re.compile(r"https?://[^\s/<>]+(/[^\s<>]*)", re.IGNORECASE)
SHORTEST_KEY = 20
KEY = re.compile(
    r"(?=[\w+/=.\-]*[a-z])(?=[\w+/=.\-]*[A-Z])(?=[\w+/=.\-]*\d)[A-Za-z0-9+/=_\-.]{20,}"
)

#: How the summary of a change to a program begins: "fix(ass): …", "lavf/assdec: …", "Remove …".
CHANGE = re.compile(
    r"^\W*(?:git commit (?:-\w+ )*-a?m\W+)?(?:(?:fix|feat|chore|docs|test|refactor|perf|build|ci"
    r"|style|revert|bug)(?:\([^()\n]{0,40}\))?!?:|(?:[\w.\-]+/)+[\w.\-]+:"
    r"|(?:fix|add|remove|refactor|rename|drop|bump|update|support|handle|implement|improve|move"
    r"|replace|revert|merge|deprecate|disable|enable|test|document|explain|cover|rewrite|split)"
    r"(?:e?s|e?d|ing)?\b)",
    re.IGNORECASE,
)
#: What programmers call the parts of a program; a word before one is its name.
PART = re.compile(
    r"['\"]?[\s\-_]+(?:subtitles?[\s\-])?(?:loader|parser|demuxer|muxer|decoder|encoder|codec|renderer"
    r"|format|subtitles?|styles?|timestamps?|helper|handler|module|package|library|tests?|fixtures?"
    r"|mapping|table|column|field|header|filter|plugin|driver|function|method|class|variable"
    r"|parameter|param|files?|import|export|converter|reader|writer|buffer|cache|node|queue|script"
    r"|extension|support|server|client|api|branch|scanner|lexer|tokenizer|wrapper|adapter|metric"
    r"|config|option|flag|enum|struct|event|callback|test case|dialogues?|tags?|tracks?)s?\b",
    re.IGNORECASE,
)
#: "feat(ass): …"; "rename cum to total".
SCOPE_BEFORE, SCOPE_AFTER = re.compile(r"^\W*\w+\($"), re.compile(r"\)!?:")
RENAME_BEFORE, RENAME_AFTER = (
    re.compile(r"\brenam\w+ $", re.IGNORECASE),
    re.compile(r" (?:to|into) \w"),
)
#: The strongest word that a part of a program may be called by.
MOST_OF_NAME = 0.6

#: Words in capitals as titles have them, with the small ones between.
TITLE = re.compile(
    r"(?<![\w'’])[A-Z][\w'’\-]*[!?.]?"
    r"(?:,?\s(?:(?:a|an|the|of|in|and|or|for|to|with|on|is|at|from|&|-|–)\s){0,2}[A-Z0-9][\w'’\-]*[!?.]?){0,9}"
)
ONE_WORD = re.compile(r"(?<![\w'’])[A-Z][a-zà-ÿ]+")
QUOTES = frozenset("\"”’'»")
CLOSING = r"[\"”’'»]?"
WORK = (
    r"(?:song|track|single|album|film|movie|band|book|novel|comic|series|show|game|play|musical"
    r"|poem|painting|podcast|canci[oó]n|pel[ií]cula|libro|novela|serie|disco|obra|banda)"
)
AUTHOR = re.compile(rf"{CLOSING},? by (?:[Tt]he )?[A-Z][\w.]+")
IS_WORK = re.compile(
    rf"{CLOSING},? (?:is|are|was|were|es|fue) (?:a|an|the|my|one of|un|una|la|el|mi) "
    rf"(?:[\w'’]+ ){{0,3}}{WORK}s?\b"
)
NAMED = re.compile(
    rf"\b(?:{WORK}s?(?: called| named| titled| llamad[oa])?|[Ll]istening to|[Ll]istened to"
    rf"|[Ww]atching|[Ww]atched|[Rr]eading|[Ee]scuchando|[Vv]iendo|[Ll]eyendo)"
    rf"[\s:,]+(?:the )?[\"“‘'«]?({TITLE.pattern})"
)

ACRONYM = re.compile(r"(?:[A-Z]\.){2,}[A-Z]?\.?")
ACRONYM_BEFORE = re.compile(
    r"(?:^|[.!?]\s|\b(?:the|of|at|by|for|from|with|la|el|del|die|der|das)\s)$", re.IGNORECASE
)
ACRONYM_AFTER = re.compile(
    r"\.?\s+(?!(?:off|up|this|that|it|them|him|her|all|me|my|and|i|we|off)\b)[\w]+", re.IGNORECASE
)

PLACE_KIND = (
    r"(?:district|town|city|village|suburb|river|lake|mountain|hill|island|state|province|county"
    r"|street|road|municipality|region|place|capital|commune|fortress|dynasty|kingdom|valley"
    r"|station|university|railway|neighbou?rhood|parish|township|community|distrito|pueblo|ciudad"
    r"|r[ií]o|monta[ñn]a|isla|provincia|barrio|municipio)"
)
PLACE = re.compile(r"[A-Z][a-zà-ÿ]+")
ENDS = r"(?=\W*$|[.,;:]|\s(?:in|of|near|on|and|with|that|where|by|at|from|to)\b)"
PLACE_AFTER = re.compile(
    rf"(?: [A-Z][a-z]+)?,? (?:is|was|lies|are|es|era) (?:a|an|the|one of the|un|una|el|la) "
    rf"(?:[\w\-]+ ){{0,3}}{PLACE_KIND}s?\b{ENDS}|,? (?:is|lies) (?:in|near) [A-Z]"
    rf"|,? (?:and [A-Z]\w+ )?are (?:\w+ )?(?:{PLACE_KIND}s|cities|municipalities)"
    r"(?=\W*$|[.,;:]|\s(?:I|we|in|near|on|where|worth|to see|to visit)\b)"
)
#: "Chutia District", "the Chutia dynasty".
OF_PLACE = re.compile(rf" {PLACE_KIND}s?\b", re.IGNORECASE)
PLACE_BEFORE = re.compile(
    rf"\b(?:{PLACE_KIND} (?:of |named |called |de |llamad[oa] )?(?:the )?|mount |mt\.? "
    r"|visit(?:ed|ing)? |(?:travell?(?:ed|ing)?|trip|train|bus|road|flight|moved|drove|flew|went)"
    r" (?:to|through) |(?:liv(?:e|es|ed|ing)|born|grew up|arrived|stayed) in "
    r"|(?:fahrt|fahren?|fährt|reisen?|reist|zug|bus|weg|straße|flug|wandern) (?:\w+ ){0,2}nach "
    r"|(?:wohn(?:e|t|en)|leb(?:e|t|en)|geboren|ort|dorf|gemeinde|bahnhof|urlaub) in "
    r"|(?:viaj[eo]\w*|voy|vamos|fuimos|tren|vuelo) a |(?:viv[oei]\w*|naci[oó]) en "
    r"|(?:voyage|train|route|vais|allons) [aà] |(?:habite|vis|né|née) [aà] )$",
    re.IGNORECASE,
)
#: So far around a word it is looked; a text with more listed words is no code and no title.
LOOK_AROUND, MOST_WORDS = 200, 40


def unspoken(text: str, matches: Iterable[Match]) -> Iterator[Match]:
    """Yield the matches of the bundled lists that are part of code, a title, a name or a game."""
    listed = [match for match in matches if match.source is Source.LEXICON]
    if len(listed) <= MOST_WORDS:
        yield from (match for match in listed if _is_unspoken(text, match))


def _is_unspoken(text: str, match: Match) -> bool:
    first = max(0, match.start - LOOK_AROUND)
    start = text.rfind("\n", first, match.start) + 1 or first
    line = text[start : match.end + LOOK_AROUND].partition("\n")[0]
    before, after = text[start : match.start], line[match.end - start :]
    if match.category is Category.THREAT:
        return is_about_a_game(match.text.lower(), before.lower(), after.lower())
    if match.category in NEVER:
        return False
    if _is_within(line, match.start - start, match.end - start):
        return True
    if _speaks_to_reader(line):
        return False
    return (
        _is_identifier(line, match.text, before, after)
        or (match.score <= MOST_OF_NAME and _is_of_program(line, before, after))
        or _is_place(match.text, before, after)
        or _is_acronym(match.text, before, after)
        or (match.category is not Category.HATE_SPEECH and _is_title(line, match.start - start))
    )


def _is_within(line: str, start: int, end: int) -> bool:
    """Say whether a word is part of a link's path, or of a key."""
    return any(first <= start and end <= last for first, last in _paths_and_keys(line))


@lru_cache(maxsize=16)
def _paths_and_keys(line: str) -> list[tuple[int, int]]:
    if "://" not in line and max(map(len, line.split()), default=0) < SHORTEST_KEY:
        return []
    return [found.span(1) for found in PATH.finditer(line)] + [
        found.span() for found in KEY.finditer(line)
    ]


@lru_cache(maxsize=16)
def _speaks_to_reader(line: str) -> bool:
    return READER.search(line.lower()) is not None


@lru_cache(maxsize=16)
def _is_code(line: str) -> bool:
    return CODE.search(line) is not None


def _is_identifier(line: str, word: str, before: str, after: str) -> bool:
    if not word.isidentifier() or not _is_code(line):
        return False
    is_target = not before.strip() and ASSIGNED.match(after)
    return bool(is_target or JOINED_BEFORE.search(before) or JOINED_AFTER.match(after))


def _is_of_program(line: str, before: str, after: str) -> bool:
    if not CHANGE.match(line):
        return False
    is_scope = SCOPE_BEFORE.match(before) and SCOPE_AFTER.match(after)
    is_renamed = RENAME_BEFORE.search(before) and RENAME_AFTER.match(after)
    return bool(is_scope or is_renamed or PART.match(after))


def _is_title(line: str, place: int) -> bool:
    titles = [found.span(1) for found in NAMED.finditer(line)]
    titles += [found.span() for found in TITLE.finditer(line) if _is_named(line, *found.span())]
    # A title of one word, which "is a British TV series" continues.
    alone = ONE_WORD.match(line, place)
    if alone and IS_WORK.match(line, alone.end()):
        return True
    return any(start <= place < end and not line[start:end].isupper() for start, end in titles)


def _is_named(line: str, start: int, end: int) -> bool:
    if IS_WORK.match(line, end):
        return True
    # One word is "Robbed by Bandits".
    is_long = " " in line[start:end] or line[end : end + 1] in QUOTES
    return is_long and AUTHOR.match(line, end) is not None


def _is_acronym(word: str, before: str, after: str) -> bool:
    if not ACRONYM.fullmatch(word) or word.lower().startswith("f.u.c"):
        return False
    return bool(ACRONYM_BEFORE.search(before) and ACRONYM_AFTER.match(after))


def _is_place(word: str, before: str, after: str) -> bool:
    if not PLACE.fullmatch(word):
        return False
    kind = OF_PLACE.match(after)
    is_of_place = kind and (kind[0][1].isupper() or before.lower().endswith("the "))
    return bool(is_of_place or PLACE_AFTER.match(after) or PLACE_BEFORE.search(before))
