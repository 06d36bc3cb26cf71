"""Links to domains that a project allows or blocks."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from urllib.parse import unquote

from moderation.engine.text.domain_names import DOT, DOTS, domain_form, label_form
from moderation.engine.text.fold import TextView, without_surrogates

#: What a blocked link scores: over the presets' threshold for a block.
BLOCKED_SCORE = 0.9
#: Where Unicode has marks and invisible signs.
MARKED = (range(0xAD, 0x3100), range(0xA600, 0xAC00), range(0xFB00, 0x10000))
MARKS = "".join(
    chr(code)
    for code in chain(*MARKED)
    if unicodedata.category(chr(code)) in {"Mn", "Mc", "Me", "Cf"}
)
#: Marks and invisible signs belong to a host's name: Hindi's vowels, a soft hyphen.
LETTER = rf"[\w\-{MARKS}]"
#: Possessive, and only at a name's start: linear time.
HOST = rf"(?<!{LETTER}){LETTER}++(?:[{DOTS}]{LETTER}++)++"
#: What stands behind a scheme up to the path, or else a name with a dot.
LINK = re.compile(rf'(?:[hH][tT][tT][pP][sS]?:[/\\]*|[/\\]{{2,}})([^\s/\\?#<>"]*)|{HOST}')
NAME = re.compile(HOST)
#: Behind a host in front of which a user's name stands: this one is that name.
USER_END = re.compile(r"(?::\d*)?@")
PORT = re.compile(r":\d+")
#: Behind an allowed host: not more of a name, and no "@". Then the path.
ALLOWED_END = re.compile(r"(?::\d{1,5})?(?![\w\-@:%])(?:[/\\?#][^\s<>]*)?")
#: Behind the host of a plain link: only its port and a sentence's marks.
PLAIN_END = re.compile(r"(?::\d*)?[^\w@%]*")


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a listed domain; it starts with the scheme and ends with the host."""

    domain: str
    start: int
    end: int
    #: Whether it leads there beyond doubt: no user's name, nothing encoded or added.
    is_plain: bool


@dataclass(frozen=True, slots=True)
class Domains:
    """A list of domains, compiled; a domain stands for its subdomains too."""

    #: By form, as they were written.
    written: Mapping[str, str] = field(default_factory=dict)
    #: The forms and what they end with: "bad.example" and "example".
    ends: frozenset[str] = frozenset()

    def find(self, host: str, form_of: Callable[[str], str]) -> str | None:
        """Return the listed domain that a host is or is below; form_of: gives a label's form."""
        end = found = None
        # Markdown's emphasis and a list's dash: no name starts or ends with them.
        for label in reversed(DOT.split(host.strip("_-"))):
            try:
                form = form_of(label)
            except UnicodeError:
                break
            end = form if end is None else f"{form}.{end}"
            if end not in self.ends:
                break
            found = self.written.get(end, found)
        return found


@dataclass(frozen=True, slots=True)
class LinkDomains:
    """A project's allowed and blocked domains."""

    allowed: Domains = Domains()
    blocked: Domains = Domains()

    def allowed_spans(self, text: str, folded: TextView) -> list[tuple[int, int]]:
        """Return the spans of the links to allowed domains."""
        spans: list[tuple[int, int]] = []
        if not self.allowed.ends or not _has_dot(folded.text):
            return spans
        place = 0
        # Only the text as it was sent says where a link leads: look-alikes lead elsewhere.
        for link in _links_in(without_surrogates(text), self.allowed, label_form):
            # The path of the link before may hold this one.
            if not link.is_plain or link.start < place:
                continue
            if path := ALLOWED_END.match(text, link.end):
                place = path.end()
                spans.append((link.start, place))
        return spans

    def find_blocked(self, text: str, folded: TextView) -> Iterator[tuple[int, int, str]]:
        """Yield the span of each link to a blocked domain, with the domain.

        text: without lone surrogates. A name blocks in its folded view too, so that look-alikes
        of a blocked name do not pass.
        """
        if not self.blocked.ends or not _has_dot(folded.text):
            return
        for link in _links_in(folded.text, self.blocked, str):
            yield *folded.span(link.start, _port_end(folded.text, link)), link.domain
        if not text.isascii() or "%" in text:
            for link in _links_in(text, self.blocked, label_form):
                if not text[link.start : link.end].isascii() or not link.is_plain:
                    yield link.start, _port_end(text, link), link.domain


NO_DOMAINS = LinkDomains()


def link_domains(allowed: Collection[str], blocked: Collection[str]) -> LinkDomains:
    """Compile lists of domains."""
    return LinkDomains(_domains(allowed), _domains(blocked))


def _domains(names: Collection[str]) -> Domains:
    written = {}
    for name in names:
        try:
            written[domain_form(name)] = name
        except UnicodeError:
            continue  # Stored before such names were refused; no link can lead there.
    ends = {
        ".".join(labels[at:])
        for labels in (form.split(".") for form in written)
        for at in range(len(labels))
    }
    return Domains(written, frozenset(ends))


def _has_dot(folded: str) -> bool:
    return "." in folded or "\u3002" in folded or "%" in folded


def _links_in(text: str, domains: Domains, form_of: Callable[[str], str]) -> Iterator[Link]:
    """Yield each link to a listed domain, with or without a scheme, but no e-mail address."""
    for link in LINK.finditer(text):
        if link.start(1) >= 0:
            yield from _links_of_scheme(link, domains, form_of)
        elif domain := domains.find(link[0], form_of):
            start, end = link.span()
            if text[start - 1 : start] != "@" and not USER_END.match(text, end):
                yield Link(domain, *_trimmed(text, start, end), is_plain=True)


def _links_of_scheme(
    link: re.Match[str], domains: Domains, form_of: Callable[[str], str]
) -> Iterator[Link]:
    text, (start, end) = link.string, link.span(1)
    host_start = text.rfind("@", start, end) + 1 or start
    for name in NAME.finditer(text, start, end):
        first, last = name.span()
        domain = domains.find(name[0], form_of)
        is_host = first == host_start
        is_user = (text[first - 1] == "@" and not is_host) or USER_END.match(text, last)
        if domain and not is_user:
            is_plain = first == start and bool(PLAIN_END.fullmatch(text, last, end))
            first, last = _trimmed(text, first, last)
            yield Link(domain, link.start() if is_host else first, last, is_plain)
    # Browsers decode a host.
    if "%" in text[host_start:end]:
        decoded = NAME.match(unquote(text[host_start:end]).lower())
        if decoded and (domain := domains.find(decoded[0], form_of)):
            yield Link(domain, link.start(), end, is_plain=False)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    name = text[start:end]
    return end - len(name.lstrip("_-")), start + len(name.rstrip("_-"))


def _port_end(text: str, link: Link) -> int:
    port = PORT.match(text, link.end)
    return port.end() if port else link.end
