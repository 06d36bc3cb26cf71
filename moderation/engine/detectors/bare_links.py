"""Find links without a scheme: "win.top", "bit.ly/3x", and those with a dot in disguise."""

import re
from collections.abc import Iterator

#: Top-level domains that are neither a word nor a file's ending, or that scams like.
PLAIN_TOP = (
    "com|net|org|info|biz|xyz|top|club|online|site|shop|store|icu|click|link|live|vip|win|loan|trade"
    "|bid|buzz|cam|fun|space|website|tech|app|dev|pro|mobi|support|finance|money|cash|bond|cfd|sbs"
    "|monster|quest|cyou|world|today|tk|ml|ga|cf|gq|cc|ws|pw|ru|su|cn|io|gg|uk|fr|br|mx|nl|eu|pk|tr"
    "|ua|ph|ng|ke|vn|kr|jp|au|ca|pt|ly|gl"
)
#: Others are also words or endings of files ("blocked.it happened", "main.rs"): only with a path
#: or a name with a dash.
WORDY_TOP = (
    "me|to|in|it|is|no|so|de|es|at|be|am|us|co|la|my|do|pl|rs|sh|ai|tv|ar|cl|id|ch|se|fi|dk|gr|cz"
    "|ro|hu|il|sa|ae|st|gd|by|im|ie|nz|za"
)
TOP = re.compile(
    rf"\.(?:(?:{PLAIN_TOP})(?![\w\-@])(?!\.\w)|(?P<wordy>{WORDY_TOP})(?:(?P<path>/\w)|(?![\w\-@.])))"
)
HIDDEN_TOP = re.compile(
    rf"(?: ?[\[({{](?:\.|dot)[\])}}] ?| dot )(?:{PLAIN_TOP}|{WORDY_TOP})(?![\w\-@])"
)
HOST_SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789-."
LONGEST_HOST = 64
NOT_LETTER = re.compile(r"[^a-z]")
#: Names that are no link, and sites that people link to when they help one another or quote
#: what their bank wrote. Where users write the pages themselves, a link counts.
KNOWN = re.compile(
    r"(?:.*\.)?(?:github|gitlab|stackoverflow|stackexchange|wikipedia|wikimedia|pypi|python"
    r"|djangoproject|readthedocs|npmjs|mozilla|gnu|debian|archive|youtube|youtu|vimeo|twitter|reddit"
    r"|google|gmail|apple|icloud|microsoft|outlook|live|office|bbc|nytimes|imgur|spotify|paypal|amazon|ebay|netflix"
    r"|steampowered|steamcommunity|hsbc|barclays|barclaycard|chase|citi|citibank|wellsfargo|bankofamerica|lloydsbank"
    r"|natwest|santander|bbva|caixabank|sparkasse|commerzbank|postbank|nubank|itau|bradesco|unicredit"
    r"|intesasanpaolo|bnpparibas|labanquepostale|hblbank|hbl|ubl|mcb|dhl|ups|fedex|usps|evri|royalmail"
    r"|dpd|gls|correos|correios|laposte|colissimo|chronopost|poste|uniswap|metamask|ledger|coinbase|binance)"
    r"\.(?!(?:tk|ml|ga|cf|gq|cc|ws|pw|ru|su)$)(?:com|org|net|io|dev|gov|app|edu|(?:com?|org)\.[a-z]{2}|[a-z]{2})"
    r"|(?:.*\.)?(?:gov|edu|gob|gouv|ac)(?:\.[a-z]{2})?|(?:asp|vb|ado|www)\.\w+"
)


def bare_links(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of links without a scheme to sites that are not well known."""
    if "." in text:
        for top in TOP.finditer(text):
            if (start := _host_start(text, top)) is not None:
                yield start, top.end()
    if "dot" in text or ".]" in text or ".)" in text or ".}" in text:
        for top in HIDDEN_TOP.finditer(text):
            if (start := _host_start(text, top)) is not None:
                yield start, top.end()


def _host_start(text: str, top: re.Match[str]) -> int | None:
    """Return where the host begins that ends with this top-level domain; None if it is no link."""
    first = max(0, top.start() - LONGEST_HOST)
    window = text[first : top.start()]
    name = window[len(window.rstrip(HOST_SIGNS)) :].lstrip("-.")
    start = top.start() - len(name)
    if not name or name.isdigit() or ".." in name or start == first > 0:
        return None
    before = text[start - 1 : start]
    if before.isalnum() or before in {"@", "/", "_", "\\", "=", "%"}:
        return None
    groups = top.groupdict()
    if groups.get("wordy") and not groups.get("path") and "-" not in name:
        return None
    ending = NOT_LETTER.sub("", top[0].partition("/")[0]).removeprefix("dot")
    return None if KNOWN.fullmatch(f"{name}.{ending}") else start
