"""Links to domains that a project allows or blocks."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

import re2

from moderation.engine.text.domain_names import DOT, DOTS, domain_form, label_form
from moderation.engine.text.fold import TextView, without_surrogates

#: What a blocked link scores: over the presets' threshold for a block.
BLOCKED_SCORE = 0.9
#: A part of a host's name. Marks and invisible signs belong to it: Hindi's vowels, a soft hyphen.
LABEL = r"[\p{L}\p{M}\p{N}\p{Cf}_\-]+"
HOST = rf"{LABEL}(?:[{DOTS}]{LABEL})+"
#: What stands behind a scheme up to the path, or else a name with a dot.
LINK = re2.compile(rf'(?i)(?:https?:[/\\]*|[/\\]{{2,}})([^\pZ\s/\\?#<>"]*)|{HOST}')
NAME = re2.compile(HOST)
#: Behind a host in front of which a user's name stands: this one is that name.
USER_END = re.compile(r"(?::\d*)?@")
PORT = re.compile(r":\d+")
#: Behind an allowed host: not more of a name, and no "@". Then the path.
ALLOWED_END = re.compile(r"(?::\d{1,5})?(?![\w\-@:%])(?:[/\\?#][^\s<>]*)?")
#: Behind the host of a plain link: only its port and a sentence's marks.
PLAIN_END = re.compile(r"(?::\d*)?[^\w@%]*")


@dataclass(frozen=True, slots=True)
class Host:
    """A host's name in a text; link_start: where its link starts, with scheme and user's name."""

    name: str
    link_start: int
    start: int
    end: int
    #: Whether the link leads there beyond doubt: no user's name, nothing encoded or added.
    is_plain: bool


@dataclass(frozen=True, slots=True)
class Domains:
    """A list of domains, compiled; a domain stands for its subdomains too."""

    #: By form, as they were written.
    written: Mapping[str, str] = field(default_factory=dict)
    #: The forms and what they end with: "bad.example" and "example".
    ends: frozenset[str] = frozenset()

    def find(self, name: str, form_of: Callable[[str], str]) -> str | None:
        """Return the listed domain that a host is or is below; form_of: gives a label's form."""
        end = found = None
        for label in reversed(DOT.split(name)):
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

    def without_allowed(self, text: str, folded: TextView) -> tuple[str, str]:
        """Return the text and its folded view with blanks for the links to allowed domains."""
        if not self.allowed.ends or not _has_dot(folded.text):
            return text, folded.text
        # Only the text as it was sent says where a link leads: look-alikes lead elsewhere.
        spans = [
            (host.link_start, end.end())
            for host in _hosts_in(without_surrogates(text))
            if host.is_plain
            and self.allowed.find(host.name, label_form)
            and (end := ALLOWED_END.match(text, host.end))
        ]
        if not spans:
            return text, folded.text
        blank = bytearray(len(text))
        for first, last in spans:
            blank[first:last] = b"\1" * (last - first)
        bare = "".join(" " if blank[at] else sign for at, sign in enumerate(text))
        places = zip(folded.origin, folded.text, strict=True)
        return bare, "".join(" " if blank[at] else sign for at, sign in places)

    def find_blocked(self, text: str, folded: TextView) -> Iterator[tuple[int, int, str]]:
        """Yield the span of each link to a blocked domain, with the domain.

        text: without lone surrogates. A name blocks in its folded view too, so that look-alikes
        of a blocked name do not pass.
        """
        if not self.blocked.ends or not _has_dot(folded.text):
            return
        for host in _hosts_in(folded.text):
            if domain := self.blocked.find(host.name, str):
                yield *folded.span(host.link_start, _blocked_end(folded.text, host)), domain
        if not text.isascii() or "%" in text:
            for host in _hosts_in(text):
                if not host.name.isascii() and (domain := self.blocked.find(host.name, label_form)):
                    yield host.link_start, _blocked_end(text, host), domain


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


def _hosts_in(text: str) -> Iterator[Host]:
    """Yield each host of a link and each name with a dot, but not those of e-mail addresses."""
    for link in LINK.finditer(text):
        start, end = link.span(1)
        if start < 0:
            start, end = link.span()
            if text[start - 1 : start] != "@" and not USER_END.match(text, end):
                yield _trimmed(Host(text[start:end], start, start, end, is_plain=True))
            continue
        host_start = text.rfind("@", start, end) + 1 or start
        for name in NAME.finditer(text[start:end]):
            first, last = start + name.start(), start + name.end()
            is_host = first == host_start
            if (text[first - 1] == "@" and not is_host) or USER_END.match(text, last):
                continue
            link_start = link.start() if is_host else first
            is_plain = first == start and bool(PLAIN_END.fullmatch(text, last, end))
            yield _trimmed(Host(name[0], link_start, first, last, is_plain))
        # Browsers decode a host.
        if "%" in text[host_start:end] and (
            decoded := NAME.match(unquote(text[host_start:end]).lower())
        ):
            yield Host(decoded[0], link.start(), host_start, end, is_plain=False)


def _trimmed(host: Host) -> Host:
    # Markdown's emphasis and a list's dash: no name starts or ends with them.
    if not {host.name[0], host.name[-1]} & {"_", "-"}:
        return host
    start = host.start + len(host.name) - len(host.name.lstrip("_-"))
    name = host.name.strip("_-")
    link_start = host.link_start if host.link_start < host.start else start
    return replace(host, name=name, link_start=link_start, start=start, end=start + len(name))


def _blocked_end(text: str, host: Host) -> int:
    port = PORT.match(text, host.end)
    return port.end() if port else host.end
