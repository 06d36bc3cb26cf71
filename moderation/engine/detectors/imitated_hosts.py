"""Find links whose host imitates a well-known site: `steamcommunlty.com`, `paypa1-help.net`."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from moderation.engine.detectors.bare_links import PLAIN_TOP, WORDY_TOP

#: Sites whose users others often try to rob.
SITES = frozenset(
    (
        *("amazon", "apple", "binance", "blockchain", "coinbase", "discord", "discordapp"),
        *("epicgames", "facebook", "fortnite", "google", "instagram", "linkedin", "mercadolibre"),
        *("metamask", "microsoft", "minecraft", "netflix", "nintendo", "opensea", "paypal"),
        *("playstation", "robinhood", "roblox", "santander", "snapchat", "spotify"),
        *("steamcommunity", "steampowered", "telegram", "tiktok", "twitter", "wellsfargo"),
        "whatsapp",
    )
)
#: Shorter names are imitated by chance: "appel" is a word.
SHORTEST, SHORTEST_SWAPPED = 6, 7
HOST = re.compile(
    rf"(?<![\w@.\-])(?:https?://)?((?:[a-z0-9\-]{{1,40}}\.){{1,4}})(?:{PLAIN_TOP}|{WORDY_TOP}|gifts?)"
    r"(?![\w@\-])"
)
MAY_BE_HOST = re.compile(r"[a-z0-9]\.[a-z]")
#: Signs that are read as others, and letters that together look like one.
READ_AS = str.maketrans("013457i", "oleastl")
DOUBLED = re.compile(r"(.)\1+")


def imitation_in(folded: str) -> tuple[int, int] | None:
    """Return the span of the first link whose host imitates a site; None without one."""
    if MAY_BE_HOST.search(folded):
        for found in HOST.finditer(folded):
            if any(map(is_imitation, found[1].split("."))):
                return found.span()
    return None


@lru_cache(maxsize=1_024)
def is_imitation(label: str) -> bool:
    """Say whether a part of a host, or one of its words, looks like a site's name but is none."""
    if "-" in label and label.replace("-", "") in SITES:
        return True
    return any(
        len(word) >= SHORTEST
        and word not in SITES
        and (_look(word) in _looks() or word in _slips())
        for word in {label, *label.split("-")}
    )


def _look(word: str) -> str:
    """Return what a word looks like at a glance: doubled letters count once."""
    alike = word.translate(READ_AS).replace("rn", "m").replace("vv", "w")
    return DOUBLED.sub(r"\1", alike)


@cache
def _looks() -> frozenset[str]:
    return frozenset(_look(site) for site in SITES if len(site) >= SHORTEST)


@cache
def _slips() -> frozenset[str]:
    """Return the sites' names with two letters swapped or one left out."""
    return frozenset(slip for site in SITES if len(site) >= SHORTEST_SWAPPED for slip in _of(site))


def _of(site: str) -> Iterator[str]:
    for at in range(1, len(site)):
        yield site[:at] + site[at + 1 :]
        yield site[: at - 1] + site[at] + site[at - 1] + site[at + 1 :]
