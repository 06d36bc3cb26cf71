"""Find scams and advertising by what a text says: one clue is ordinary, two kinds are spam.

docs/engine.md, "Spam", lists the kinds.
"""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from moderation.engine.detectors.bare_links import bare_links
from moderation.engine.detectors.demands import EXPRESSIONS, is_excused
from moderation.engine.detectors.imitated_hosts import imitation_in
from moderation.engine.detectors.one_byte import Finder
from moderation.engine.detectors.scam_words import FURTHER_CLUES
from moderation.engine.text.fold import TextView

#: Sites that people link to when they help one another; anybody else's link is a clue.
KNOWN_HOSTS = (
    r"(?:[a-z0-9\-]+\.)*(?:github|gitlab|stackoverflow|stackexchange|wikipedia|wikimedia"
    r"|pypi|python"
    r"|djangoproject|readthedocs|npmjs|mozilla|gnu|debian|archive|youtube|youtu|vimeo"
    r"|twitter|reddit"
    r"|google|apple|microsoft|bbc|nytimes|imgur|spotify"
    r"|localhost)(?:\.[a-z]{2,6}){0,2}(?=[/:?#\s]|$)"
)
LINK = re.compile(rf"(?:h(?:tt|xx)ps?://|www\.)(?!(?:www\.)?{KNOWN_HOSTS})\S")
CLUES = {
    "lure": (
        r"\bfree (?:[\w$]+ ){0,2}(?:iphone|gift ?cards?|followers?|robux|v-?bucks|skins?|nitro"
        r"|money|cash"
        r"|entry|minutes?|texts?|ringtones?|tones?|bitcoin|crypto|spins?|tickets?"
        r"|vouchers?|prizes?|upgrade)"
        r"|\b(?:won|win|winner|winning)\b.{0,40}\b(?:free|prize|cash|iphone|gift|award|lottery"
        r"|[$£€]|\d{3,})"
        r"|\bclaim (?:your|ur|the)\b|\bgift ?cards?\b|\bgiveaway\b|\bjackpot\b"
        r"|\b(?:earn|make)\b.{0,20}[$£€] ?\d|\bguaranteed\b.{0,30}(?:[$£€]|profit|returns?"
        r"|cash)|\bwork from home\b"
        r"|\bfree ?(?:msg|txt|sms|text|ring|credits?|mins?|camera|phone|gift|leads)"
        r"|\b(?:txt|text)\b.{0,60}\bto \d{4,6}\b|[£$€] ?\d+ (?:gift |cash )?vouchers?\b"
        r"|\b(?:ring)?tones\b"
        r".{0,60}\b(?:download|wk|weekly|ordered|direct to)\b|\bmobile \d+ mnths\b"
        r"|\bringtones?\b.{0,60}\b(?:txt|text|send|reply|call)\b|\bhorn(?:y|iest)\b"
        r"|\blucky day\b|\b(?:send|text|txt) stop\b|\b0[89]\d{8,}|\bchat now\b|\badult 18\b"
        r"|\bsexy? singles?\b|\bmore (?:instagram |twitter )?(?:followers|likes|views"
        r"|subscribers)\b|\b(?:ganaste|gana dinero)\b"
    ),
    # Words that shops and lotteries use, and everybody else: with a push and a way to answer.
    "offer": (
        r"\bfree ?(?:mobile|call|download|movie|video|games|android)"
        r"|\b(?:txt|text|call|get|got).{0,60}\bfree\b|\bfree\b.{0,60}\b(?:txt|text \w+ to|call"
        r"|reply)\b|\bringtones?\b|\bchance (?:2|to) (?:be|win)\b|\bwin (?:the|a|an|\w+ games?)\b"
        r"|\bunsubscribe\b|\btones\b|\bflirt|\bdating\b|\bper (?:wk|week|min\w*)\b|\btariffs?\b"
        r"|\bto order\b|\bxxx\b|\bpremium\b|\bbonus\b|\bvoucher"
        r"|\b(?:ganador|premio|sorteo|gratis)\b|\binaam\b|\bmuft\b|\blottery\b|\bfree trial\b"
        r"|\b(?:cash )?prizes?\b"
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
        r"|\bhaz clic\b|\bsuscrib\w+|\bllama (?:ya"
        r"|ahora)\b|\bmandame\b"
    ),
    "promotion": (
        r"\bmy (?:new |first |own |latest |youtube |yt |facebook )*(?:channel|videos?|music|songs?"
        r"|album|remix|mixtapes?|covers?|vids?|chanel|playlist|raps?|beats|instagram|insta"
        r"|onlyfans|fan ?page)\b|\bour (?:new )?(?:offers?|channel|vids?|videos?|songs?|music)\b"
        r"|\b(?:check(?:ing)? out|visit|subscribe to|sub to|follow|join|like|support|watch|view"
        r"|go to"
        r"|look at|listen to) (?:\w+ ){0,2}(?:my|our) (?:\w+ ){0,2}(?:page|stuff|gaming|game|group"
        r"|band|art|store|shop|website|blog|comment|offers?)\b"
        r"|\bcheck(?:ing)? out (?:my|our) (?:[\w.]+ ){0,6}(?:covers?|chh?an\w+|videos?|vidios"
        r"|vids?|songs?|remix|music\w*|trailer)\b|\bcheck out\b.{0,60}\b(?:you ?tube|channel"
        r"|remix|cover|lyric"
        r" video|music ?video|mixtape|soundcloud)\b|\bfollow me on (?:instagram|insta|twitter|ig)\b"
        r"|^\W*subscribe\W*$|\bsubscribe (?:please|pls|plz|for me|on me|u back|you back)\b"
        r"|\bcheck out (?:this|these) (?:\w+ )?(?:videos?|vids?|channel|song|playlist|album"
        r"|music)\b"
        r"|\b(?:pleas|please|pls|plz) (?:like|sub)\b|\b(?:like|and|please|pleas|pls|plz|&|,) {0,2}"
        r"subscribe(?:\W*$|[^\w ]| (?:[^t]|t[^o]|to (?:me|us|my|our|this|him|her)\b))"
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
        r"|compromised|hacked|restricted|virus|infected)\b"
        r"|\byou owe\b|\bunpaid (?:tax|toll|fine|invoice)|\bunusual (?:activity|sign)"
        r"|\bkeep your account\b"
        r"|\bpackage\b.{0,30}\b(?:held|on hold|could not be delivered)\b"
    ),
    "secret": (
        r"\b(?:send|give|enter|confirm|verify|provide|update|tell|share|reply with|verifica"
        r"|confirma|envia)\b.{0,40}\b(?:password|passcode"
        r"|pin|card number|cvv|social security(?: number)?|ssn|login code|security code"
        r"|seed phrase"
        r"|private key|bank details|contrasena|clave|datos)\b"
        r"|\blog ?in at\b|\bsign in at\b"
    ),
    "details": (
        r"\b(?:send|give|enter|confirm|verify|provide|update|share|reply with|verifica|confirma)\b"
        r".{0,40}\b(?:codes?|account|identity|details)\b"
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
DEMAND = "demand"
EACH = (*CLUES.items(), *FURTHER_CLUES, *((DEMAND, expression) for expression in EXPRESSIONS))
KINDS = tuple(kind for kind, _ in EACH)
FINDER = Finder((expression for _, expression in EACH), ("s",))
#: Advice against a scam, and a question about one's own password, name the same things.
WARNING = re.compile(
    r"\b(?:never|don'?t|do not|dont|nunca|no) (?:ever )?(?:send|give|share|click|tell"
    r"|enter|buy|pay|envies|des|compartas)\b"
    r"|\bscammers?\b|\bphishing\b|\bestafa(?:dores)?\b"
    r"|\bis (?:it|this|that|\S+\.\S+) (?:a )?(?:fake|scam|real|legit|safe)\b"
    r"|\bhow (?:do|can|to) (?:i|you)?\b|\b(?:i|my account) (?:was|got"
    r"|have been) (?:suspended|scammed|hacked)\b"
)  # fmt: skip
#: Kinds of clues that are a scam in pairs; a link that imitates a site is one alone.
SCAM = (
    ({"imitation"},),
    ({"account"}, {"secret", "details", "payment", "link", "steered", "ring"}),
    ({"pretence"}, {"secret", "payment"}),
    ({"pretence"}, {"details"}, {"link", "steered", "contact"}),
    ({"job"}, {"reach"}),
    ({"profit"}, {"reach", "hurried", "link"}),
    ({"goods"}, {"reach", "link", "domain", "cheap", "contact"}),
    ({"fix"}, {"unlock"}),
    ({"doubling"}, {"payment", "link", "steered", "push"}),
    ({"lure"}, {"payment", "secret"}),
    ({"parcel"}, {"fee", "link", "domain"}),
    ({"debt"}, {"link", "domain"}),
    ({"kin"}, {"plea"}),
    ({"prize"}, {"ring", "secret"}),
)
#: Pairs that are advertising: something to gain, and a push towards it.
ADVERTISING = (
    ({"lure", "promotion"}, {"push", "link", "reach"}),
    ({"offer"}, {"push", "link"}, {"contact", "link", "domain", "code"}),
    # Shops and bands name their own site, too: only what nobody gives away counts.
    ({"bait"}, {"domain", "press"}),
)
PAIRS = (*(("scam", *pair) for pair in SCAM), *(("advertising", *pair) for pair in ADVERTISING))
#: Clues that help and chat hold, too.
ORDINARY = frozenset(
    {"link", "domain", "steered", "contact", "parcel", "fee", "kin", "plea", "press", "ring",
     "push", "offer", "details", "job", "reach", "profit", "hurried", "goods", "cheap", "fix",
     "unlock", "code"}
)  # fmt: skip
#: Clues that the signs of the text give, not its words.
WRITTEN = frozenset({"imitation", "link", "domain", "steered", "contact"})
#: What leads to a link: a notice may name a site, too, but orders nobody to go there.
STEER = re.compile(
    r"\b(?:verify|log ?in|sign ?in|confirm|unlock|update|upgrade|appeal|restore|renew|validate"
    r"|click|visit|go to"
    r"|tap|open|ingres[ae]|acced[ae]|verifi\w+|entr[ae]|confirm\w+|acess[ae]|actuali\w+|atualiz\w+"
    r"|connectez|rendez|renouvel\w+|bestatig\w+|besuchen|klick\w*|aktualisier\w*|aggiorn\w+"
    r"|acced[ai]"
    r"|clicca|if not you|send|claim)\b"
)
STEER_WITHIN = 40
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Clue:
    start: int
    end: int


@lru_cache(maxsize=8)
def clues_in(folded: str) -> Mapping[str, Clue]:
    """Return the first clue of each kind in a folded text."""
    text = folded[:LONGEST]
    found: dict[str, Clue] = {}
    for index, start, end in FINDER.find(text):
        kind = KINDS[index]
        if kind != DEMAND or not is_excused(text, start, end):
            found.setdefault(kind, Clue(start, end))
    if ("://" in text or "www." in text) and (link := LINK.search(text)):
        found["link"] = Clue(*link.span())
    if imitation := imitation_in(text):
        found["imitation"] = Clue(*imitation)
    # Alone it is nothing: few texts with a dot have another clue.
    if found and (bare := next(bare_links(text), None)):
        found["domain"] = Clue(*bare)
        if STEER.search(text, max(0, bare[0] - STEER_WITHIN), bare[0]):
            found["steered"] = Clue(*bare)
    return found


def scam_in(views: Sequence[TextView]) -> tuple[str, int, int] | None:
    """Return the signal and the span of a scam or of advertising; None if there is none.

    views: the fold, which has the links and numbers as they are, and the plain view if it differs,
    in which disguised words can be read. The span is one of the text as it was sent.
    """
    spans: dict[str, tuple[int, int]] = {}
    for at, view in enumerate(views):
        for kind, clue in clues_in(view.text).items():
            if not at or kind not in WRITTEN:
                spans.setdefault(kind, view.span(clue.start, clue.end))
    if DEMAND in spans:
        return "scam", *spans[DEMAND]
    found = _pair_in(spans) if spans else None
    if found is None or any(WARNING.search(view.text[:LONGEST]) for view in views):
        return None
    signal, kinds = found
    places = [spans[kind] for kind in kinds]
    return signal, min(start for start, _ in places), max(end for _, end in places)


def _pair_in(spans: Mapping[str, tuple[int, int]]) -> tuple[str, AbstractSet[str]] | None:
    """Return the signal of the first pair of kinds that a text has, with those kinds in it."""
    kinds = spans.keys()
    for signal, *needed in PAIRS:
        if all(one & kinds for one in needed):
            return signal, set().union(*needed) & kinds
    return None


def is_suspicious(folded: str) -> bool:
    """Say whether a text has two clues or one that is not ordinary; a model alone is no proof."""
    kinds = clues_in(folded).keys()
    is_pushed = "push" in kinds and not kinds.isdisjoint({"contact", "link", "domain"})
    return bool(kinds - ORDINARY) or is_pushed or {"link", "contact"} <= kinds
