"""Links to domains that a project allows or blocks."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

#: What a blocked link scores: over the presets' threshold for a block.
BLOCKED_SCORE = 0.9
#: In front of a link's host. Neither the end of another name nor an e-mail address.
BEFORE = r"(?<![\w.\-@])(?:https?://)?(?:[\w\-]+\.)*"
#: Behind the host: not more of a name, and no "@", in front of which it is a user's name.
AFTER = r"(?::\d{1,5})?(?![\w\-@:]|\.[\w\-])"


@dataclass(frozen=True, slots=True)
class LinkDomains:
    """A project's domains, compiled; a domain stands for its subdomains too."""

    allowed: re.Pattern[str] | None = None
    blocked: re.Pattern[str] | None = None

    def without_allowed(self, text: str) -> str:
        """Return the text with blanks for its links to allowed domains."""
        if self.allowed is None:
            return text
        return self.allowed.sub(lambda link: " " * len(link[0]), text)

    def find_blocked(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Yield the span of each link to a blocked domain in a folded text, with the domain."""
        if self.blocked is not None:
            for link in self.blocked.finditer(folded):
                yield link.start(), link.end(), link["domain"]


NO_DOMAINS = LinkDomains()


def link_domains(allowed: Collection[str], blocked: Collection[str]) -> LinkDomains:
    """Compile lists of domains in small letters."""
    return LinkDomains(
        allowed=re.compile(rf"{_hosts(allowed)}{AFTER}(?:[/?#][^\s<>]*)?", re.IGNORECASE)
        if allowed
        else None,
        blocked=re.compile(rf"{_hosts(blocked)}{AFTER}") if blocked else None,
    )


def _hosts(domains: Collection[str]) -> str:
    # The longest first: "shop.example" before "example".
    names = "|".join(re.escape(name) for name in sorted(domains, key=len, reverse=True))
    return rf"{BEFORE}(?P<domain>{names})"
