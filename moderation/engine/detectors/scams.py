"""Find scams and advertising by what a text says: one clue is ordinary, two kinds are spam.

docs/engine.md, "Spam", lists the kinds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from moderation.engine.detectors.one_byte import Finder

#: Sites that people link to when they help one another; anybody else's link is a clue.
KNOWN_HOSTS = (
    r"(?:[a-z0-9\-]+\.)*(?:github|gitlab|stackoverflow|stackexchange|wikipedia|wikimedia"
    r"|pypi|python"
    r"|djangoproject|readthedocs|npmjs|mozilla|gnu|debian|archive|youtube|youtu|vimeo"
    r"|twitter|reddit"
    r"|google|apple|microsoft|bbc|nytimes|imgur|spotify"
    r"|localhost)(?:\.[a-z]{2,6}){0,2}(?=[/:?#\s]|$)"
)
LINK = re.compile(rf"(?:https?://|www\.)(?!(?:www\.)?{KNOWN_HOSTS})\S")
CLUES = {
    "lure": (
        r"\bfree (?:[\w$]+ ){0,2}(?:iphone|gift ?cards?|followers?|robux|v-?bucks|skins?|nitro"
        r"|money|cash"
        r"|entry|trial|minutes?|texts?|ringtones?|tones?|bitcoin|crypto|spins?|tickets?"
        r"|vouchers?|prizes?|upgrade)"
        r"|\b(?:won|win|winner|winning)\b.{0,40}\b(?:free|prize|cash|iphone|gift|award|lottery"
        r"|[$£€]|\d{3,})"
        r"|\bclaim (?:your|ur|the)\b|\bgift ?cards?\b|\b(?:cash )?prizes?\b|\bgiveaway\b"
        r"|\bjackpot\b|\blottery\b"
        r"|\b(?:earn|make)\b.{0,20}[$£€] ?\d|\bguaranteed\b.{0,30}(?:[$£€]|profit|returns?"
        r"|cash)|\bwork from home\b"
        r"|\bfree ?(?:msg|txt|sms|text|mobile|call|ring|download|movie|video|credits?|mins?"
        r"|camera|phone|gift|leads|games|android)"
        r"|\b(?:txt|text|call|get|got).{0,60}\bfree\b|\bfree\b.{0,60}\b(?:txt|text \w+ to|call"
        r"|reply)\b|\bringtones?\b|\bhorn(?:y|iest)\b"
        r"|\blucky day\b|\bchance (?:2|to) (?:be|win)\b|\bwin (?:the|a|an|\w+ games?)\b"
        r"|\bunsubscribe\b|\b(?:send|text|txt) stop\b"
        r"|\b0[89]\d{8,}|\btones\b|\bflirt|\bdating\b|\bchat now\b|\badult 18\b|\bper (?:wk"
        r"|week|min\w*)\b|\btariffs?\b|\bto order\b"
        r"|\bsexy? singles?\b|\bxxx\b|\bpremium\b|\bbonus\b|\bvoucher|\bmore (?:instagram "
        r"|twitter )?(?:followers|likes|views|subscribers)\b"
        r"|\b(?:ganaste|ganador|premio|sorteo|gana dinero|gratis)\b|\binaam\b|\bmuft\b"
    ),
    "push": (
        r"\bclick (?:here|on|the|this|below|http)|\bclick\b.{0,10}(?:http|www)|\bvisit\b"
        r"|\bsubscribe(?:\W*$|[^\w ]| (?:[^t]|t[^o]|to (?:me|us|my|our|this|him|her)\b))"
        r"|\b(?:like|and|&|,) ?subscribe\b|\bcheck(?:ing)? out\b"
        r"|\bplease (?:like|view|watch|share|sub|vote|listen)\b|\bcome (?:and )?(?:see|check"
        r"|watch|visit)\b"
        r"|\b(?:call|txt|text|sms|ring|dial)\b.{0,30}\d{4}|\breply (?:stop|yes|with)\b|\b(?:dm"
        r"|message|msg|text|whatsapp|inbox) me\b"
        r"|\b(?:txt|text|send|reply) (?:\w+ ){1,3}(?:to|2|at) \d{4,}|\bfollow me\b"
        r"|\bwatch my\b|\bget paid\b"
        r"|\bact now\b|\bhurry\b|\blimited (?:time|offer)|\bonly today\b|\border now\b"
        r"|\bbuy now\b|\bsign up\b|\bjoin (?:now|here)"
        r"|\b(?:t\.me|wa\.me|telegram|whatsapp)\b|\bhaz clic\b|\bsuscrib\w+|\bllama (?:ya"
        r"|ahora)\b|\bmandame\b"
    ),
    "promotion": (
        r"\bmy (?:new |first |own |latest |youtube |yt |facebook )*(?:channel|videos?|page"
        r"|music|songs?|album|remix|mixtape|cover|blog|website"
        r"|vids?|chanel|stuff|covers|gaming|playlist|game|comment|group|band|work|art|mixtapes"
        r"|raps?|beats"
        r"|store|shop|instagram|insta|onlyfans|fan ?page)\b|\bour (?:new )?(?:offers?|store"
        r"|shop|website|channel|vids?|videos?|songs?|music|band|page)\b"
        r"|\bsub(?:scribe)? (?:to |2 )?(?:me|us|my|our)\b|\bsub(?:scribe)? back\b"
        r"|\bcheck (?:me|us) out\b|\b(?:like this comment|thumbs up if)\b|\bgive (?:me"
        r"|us) a (?:chance|shot|like)\b|\bi'?m a (?:rapper|singer|artist|producer)"
        r"|\bmi canal\b|\bmera channel\b"
    ),
    "account": (
        r"\b(?:your|ur|tu|su)\b.{0,25}\b(?:account|paypal|bank card|card|cuenta|tarjeta"
        r"|apple id|mailbox|wallet|computer|pc)\b.{0,30}"
        r"\b(?:suspended|suspendida|blocked|bloqueada|limited|limitada|locked|disabled|banned"
        r"|closed|expired?|on hold"
        r"|compromised|hacked|restricted|virus|infected|active)\b"
        r"|\byou owe\b|\bunpaid (?:tax|toll|fine|invoice)|\bunusual (?:activity|sign)"
        r"|\bkeep your account\b"
        r"|\bpackage\b.{0,30}\b(?:held|on hold|could not be delivered)\b"
    ),
    "secret": (
        r"\b(?:send|give|enter|confirm|verify|provide|update|tell|share|reply with|verifica"
        r"|confirma|envia)\b.{0,40}\b(?:password|passcode"
        r"|pin|card number|cvv|social security(?: number)?|ssn|login code|security code|codes?"
        r"|seed phrase"
        r"|private key|account|identity|details|bank details|contrasena|clave|datos)\b"
        r"|\blog ?in at\b|\bsign in at\b"
    ),
    "payment": (
        r"\b(?:send|pay|buy|transfer|deposit)\b.{0,30}\b(?:gift ?cards?|bitcoins?|btc|eth|usdt"
        r"|crypto|western union|moneygram|wire)\b"
    ),
    "doubling": (
        r"\bdoubl(?:e|ed|es|ing)\b.{0,20}\b(?:your|ur|btc|eth|bitcoins?|crypto|money|coins?"
        r"|investment)\b"
        r"|\b(?:get|receive)\b.{0,25}\b(?:btc|eth|bitcoins?|usdt)\b.{0,10}\bback\b"
        r"|\b\d+x (?:your|returns?|profit)"
    ),
    "pretence": (
        r"\b(?:microsoft|apple|amazon|paypal|steam|discord|netflix|google|facebook|bank|irs"
        r"|hmrc|police|customs|windows) (?:support|security|team|staff|officer)\b"
        r"|\bdear (?:customer|user|client|valued)\b|\birs:|\barrest(?:ed)?\b|\burgent\b"
        r"|\bfinal (?:notice|warning)\b"
    ),
    "contact": (r"\b\d{2,3}p\b|(?:\+|\b00|\b0)\d[\d \-]{8,14}\d\b|[£$€] ?\d[\d,.]*(?:k|m|pm)?\b"
        r"|\b\d[\d,.]* ?(?:pounds|dollars|usd|gbp|p/min|ppm|pm/msg)\b"),
}  # fmt: skip
KINDS = tuple(CLUES)
FINDER = Finder(CLUES.values(), ("s",))
#: Advice against a scam, and a question about one's own password, name the same things.
WARNING = re.compile(
    r"\b(?:never|don'?t|do not|dont|nunca|no) (?:ever )?(?:send|give|share|click|tell"
    r"|enter|buy|pay|envies|des|compartas)\b"
    r"|\bhow (?:do|can|to) (?:i|you)?\b|\b(?:i|my account) (?:was|got"
    r"|have been) (?:suspended|scammed|hacked)\b"
)  # fmt: skip
#: Kinds of clues that are a scam in pairs.
SCAM = (
    ({"account"}, {"secret", "payment", "link"}),
    ({"pretence"}, {"secret", "payment"}),
    ({"doubling"}, {"payment", "link", "push"}),
    ({"lure"}, {"payment", "secret"}),
)
#: Kinds that are advertising: something to gain, and a push towards it.
ADVERTISING = ({"lure", "promotion"}, {"push", "link"})
#: Clues that help and chat hold, too.
ORDINARY = frozenset({"link", "contact"})
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Clue:
    start: int
    end: int


@lru_cache(maxsize=8)
def clues_in(folded: str) -> Mapping[str, Clue]:
    """Return the first clue of each kind in a folded text."""
    text = folded[:LONGEST]
    found = {KINDS[index]: Clue(start, end) for index, start, end in FINDER.find(text)}
    if ("://" in text or "www." in text) and (link := LINK.search(text)):
        found["link"] = Clue(*link.span())
    return found


def scam_in(folded: str) -> tuple[str, int, int] | None:
    """Return the signal and the span of a scam or of advertising; None if there is none."""
    clues = clues_in(folded)
    kinds = clues.keys()
    if len(kinds) < 2 or WARNING.search(folded[:LONGEST]):
        return None
    pairs = [*(("scam", *pair) for pair in SCAM), ("advertising", *ADVERTISING)]
    for signal, first, second in pairs:
        if first & kinds and second & kinds:
            spans = [clues[kind] for kind in (first | second) & kinds]
            return signal, min(c.start for c in spans), max(c.end for c in spans)
    return None


def is_suspicious(folded: str) -> bool:
    """Say whether a text has two clues or one that is not ordinary; a model alone is no proof."""
    kinds = clues_in(folded).keys()
    return len(kinds) > 1 or bool(kinds - ORDINARY)
