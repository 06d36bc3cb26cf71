"""Say in which context a listed word stands: about oneself, denied, quoted, in jest and so on.

Such a word accuses nobody, so it is at most flagged: docs/verdicts.md, "Contexts". A writer's own
quotation marks prove nothing: something outside them must name a speaker or speak about the word.

The expressions read small letters: to ignore case takes them two to four times as long.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from moderation.engine.matches import Category, Context, Match, Source
from moderation.engine.words.jest import is_laughed_off
from moderation.engine.words.set_phrases import is_set_phrase
from moderation.engine.words.things import scolds_a_thing

#: What may stand between two words of one clause: blanks, apostrophes, quotation marks.
GAP = r"[\s'’\"“”‘«»:*_]+"
#: Words that only strengthen, weaken or introduce what follows.
FILLERS = (
    r"(?:(?:so|such|really|very|too|kind of|kinda|sort of|a|an|the|one|being|feeling|acting"
    r"|looking|like|pretty|quite|always|sometimes|often|probably|still|also|total|totally"
    r"|complete|completely|absolute|absolutely|real|big|huge|little|bit|of|fucking|fuckin"
    r"|freaking|damn|bloody|goddamn|as|rather|simply|clearly|obviously|more|most|biggest|all"
    rf"|been|just|only|even|such a|bit of a){GAP})*"
)
FILLERS_ES = (
    r"(?:(?:un|una|unos|unas|tan|muy|m[aá]s|bien|el|la|todo|toda|medio|bastante|re|demasiado|como"
    rf"|poco|algo|siendo|siempre|a veces|realmente|verdadero|completo|total|de){GAP})*"
)
FILLERS_UR = (
    r"(?:(?:kitn[aiey]+|bohat|bahut|bohot|bhi|bilkul|toh?|hi|aik|ek|kuch|kais[aiey]+|sach|kya"
    r"|itn[aiey]+|bar[aiey]+|kafi|waqai|thor[aiey]+|bara|asal|mein|aaj|kal|phir|wohi|sab se)"
    rf"{GAP})*"
)
IS_FIRST = (
    r"(?:i|we)(?:['’]?(?:m|re|ve been|d be)|\s+(?:am|are|was|were|feel|felt|look|looked|sound"
    r"|sounded|seem|must be|can be|could be|may be|might be|have been|had been|became|become"
    r"|acted|keep being|am being|was being))"
)
SELF_BEFORE = re.compile(
    rf"(?:\b(?:{IS_FIRST}|(?:am|was|were) i|im|makes? me(?: feel| look| sound)?|made me(?: feel"
    r"| look| sound)?|(?:call|called|calling|hate|consider|considered) myself(?: for being| as)?"
    rf"|myself as|me being){GAP}(?:\w+{GAP}(?:and|or){GAP})?{FILLERS}|^\W*call me{GAP}{FILLERS}"
    rf"|\b(?:(?:sorry|apologi[sz]e|apologies|forgive me|blamed? myself) for (?:being|acting like"
    rf"|sounding like)|try(?:ing)? (?:\w+ )?(?:not to be|to stop being)|if only i(?:'d| had)(?: not"
    rf"|n['’]t)? been|i wish i (?:was|were)){GAP}{FILLERS}"
    r"|\b(?:(?:(?:perd[oó]n|disculp\w+|lo siento|criticado) por|siento|lamento)"
    r" (?:ser|haber sido)|puedo ser"
    rf"|(?:trat\w+|intent\w+|para)(?: de)? no ser){GAP}{FILLERS_ES}"
    rf"|\b(?:soy|fui|estoy|estuve|somos|fuimos|parezco|yo era|yo estaba|me (?:siento|sent[ií]|veo"
    rf"|vi|puse)|he sido|me llamo a m[ií] mism[oa]){GAP}{FILLERS_ES})$",
)
SELF_ELSEWHERE = re.compile(
    rf"\b(?:ich(?:{GAP}(?:bin|war))?|bin{GAP}ich|je{GAP}suis|j['’][eé]tais|io{GAP}sono|sono|ero"
    rf"|eu{GAP}sou|sou|fui|era){GAP}(?:(?:so|ja|doch|ein|eine|echt|wirklich|der|die|un|une|una|uno"
    rf"|um|uma|tão|tao|mesmo|proprio|vraiment|trop|le|la|il){GAP})*$"
)
SELF_AFTER_ELSEWHERE = re.compile(
    rf"^{GAP}(?:(?:que|qu['’]|che){GAP}?)?(?:je{GAP}suis|ich{GAP}bin|bin{GAP}ich|sono|eu{GAP}sou"
    r"|sou)\b"
)
SELF_AFTER = re.compile(
    r"^(?:\s+\w+\s+(?:of me\b|for me to\b)|\s+(?:of\s+)?me\s*(?:$|[,.!?:;)]|for\b|i\b)"
    rf"|{GAP}(?:that{GAP})?(?:i|we)(?:['’]?m|['’]?re"
    rf"|\s+(?:am|was|were|are|felt|can be))\s*(?:$|[,.!?;)]|to\b|for\b)"
    rf"|{GAP}(?:que{GAP})?(?:soy|fui|estuve|de m[ií])\b"
    rf"|,?\s+i (?:really |always |just )?suck\b|{GAP}(?:\w+{GAP})?(?:hoo?n|houn|hun)\b)",
)
#: "my dumb ass", "my stupid brain": a part of oneself, unless somebody is to do something to it.
PART_OF_ME = r"(?:ass|butt|brains?|head|mind|face|fingers|hands|feet|eyes|self|memory|luck)"
MINE_BEFORE = re.compile(
    r"(?<!lick )(?<!kiss )(?<!suck )(?<!bite )(?<!touch )"
    rf"\bmy{GAP}(?:own{GAP})?{FILLERS}(\w+{GAP})?$",
)
MINE_AFTER = re.compile(rf"^{GAP}(?:\w+{GAP})?{PART_OF_ME}\b")
MINE = re.compile(PART_OF_ME)
#: Words that groups use of themselves, with what then stands beside them.
PROUD = re.compile(r"(?:fag|faggot|dyke|tranny|queer|crip)s?")
PROUD_BEFORE = re.compile(
    rf"\b(?:us|we|proud|fellow|happily|(?:love|like|enjoy) being|call(?:ing)? ourselves){GAP}"
    r"(?:a\s+|an\s+|\w+\s+)?$",
)
PROUD_AFTER = re.compile(r"^\s+and (?:i'?m |so )?proud\b")
FRIENDLY = re.compile(r"(?:nigga[sz]?|bitch(?:es)?|hoes?|sluts?)")
FRIENDLY_BEFORE = re.compile(
    rf"\b(?:my(?:{GAP}\w+)?|real|realest|bad|baddest|boss|hottest|prettiest|cutest|day one|us)"
    rf"{GAP}$",
)
FRIENDLY_AFTER = re.compile(r"^\s+like (?:me|us)\b")
#: "main bewaqoof tha": the pronoun before and one of these after.
UR_FIRST = re.compile(rf"\b(?:mai?n|mei?n|mei|mn){GAP}{FILLERS_UR}$")
UR_WAS = re.compile(rf"^{GAP}(?:\w+{GAP})?(?:hoo?n|houn|hu|hoo|hun|tha|thi|ban gay[ai]|nikl[ai])\b")

#: Nobody denies what they cannot believe.
NOT = (
    r"(?:\b(?:(?<!\bcan )not|(?:not|cant|cannot)(?!\s+believe)|never|isnt|arent|wasnt|werent|dont"
    r"|doesnt|didnt|wont|wouldnt|shouldnt|couldnt|aint|nobody|no one|noone|hardly|neither|nor)"
    r"|(?:(?<!ca)n['’]t|n['’]t(?!\s+believe)))"
)
#: A denial reaches over these words.
DENIED = (
    r"(?:(?:a|an|the|such|so|that|really|actually|all|any|every|even|being|been|is|was|are|to"
    r"|going to|gonna|want to|wanna|trying to|should|would|will|ever|deserve to|deserves to|be"
    rf"|think|believe|really|truly|at all|of|like|fucking|bloody|again|anyone|anybody){GAP})*"
)
#: Verbs of saying, thinking and calling: what follows them within a few words is denied, too.
SPEAKING = (
    r"(?:think|believe|say|said|saying|mean|meant|call|called|calling|use|using|tell|told|claim"
    r"|imply|write|type|shout|repeat)"
)
NEGATED_BEFORE = re.compile(
    rf"(?:{NOT}{GAP}(?:just{GAP}(?={SPEAKING}\b)|(?!only\b|just\b|be\b))(?:{DENIED}|(?:\w+{GAP})?{SPEAKING}{GAP}(?:\w+{GAP}){{0,4}})"
    rf"|\b(?:opposite of|anything but|far from|lo (?:opuesto|contrario) (?:a|de)){GAP}"
    rf"(?:(?:a|an|being|un|una|ser){GAP})*"
    rf"|\bstop{GAP}(?:\w+{GAP})?{SPEAKING}{GAP}(?:\w+{GAP}){{0,4}}"
    rf"|\b(?:no|nunca|jam[aá]s|tampoco|nadie|ni){GAP}(?!seas?\b|sean\b)(?:(?:eres|es|soy|son|somos"
    r"|era|fue|fuiste|sos|sois|est[aá]s?|ning[uú]na?|un|una|unos|unas|tan|nada|los|las|el|la|lo|le|te|me|se|ser|a|de|que"
    r"|digas?|digan|llames?|llamen|voy|vas|va|vamos|quiero|quiere|quer[ií]a|todos|todas|muy"
    r"|puedes?|creer|creo|pienso|verdad|cierto"
    rf"|realmente){GAP}){{0,5}})$",
)
NEGATED_AFTER = re.compile(
    rf"^{GAP}(?:(?:log|insaan|aadmi|bhi|hi|toh?){GAP})?(?:nahi+n?|nai|nhi)(?:{GAP}(?:hai|ho|hoon|hun"
    r"|hain|tha|thi|the|hota|hoti|hote|kehna|bolna|bolo|kaho|kehte)\b|\s*(?:$|[,.!?]))",
)
#: "Why doesn't that idiot leave?" denies nothing.
WHY = re.compile(r"\b(?:why|por qu[eé]|kyu+n|kyo+n)\b")
#: What is denied with a "but" to come is meant: "I'm not saying you're an idiot, but …".
BUT_AFTER = re.compile(r"^[^.!?;\n]{0,40}\b(?:but|pero|sino|lekin|magar)\b")

NOT_MINE = r"(?<!\bi )(?<!\bwe )(?<!\bi'm )(?<!\bi’m )(?<!\bim )"
SAYS = (
    r"(?:said|says|saying|wrote|writes|writing|called|calls|calling|call|told|tells|telling"
    r"|shouted|shouting|yelled|yelling|screamed|screaming|posted|posting|tweeted|commented|texted"
    r"|messaged|replied|answered|claimed|claims|claiming|chanted|chanting|whispered|labell?ed"
    r"|sent me|spray-?painted)"
)
SAYS_ES = (
    r"(?:dijo|dijeron|dice|dicen|dicho|declar[oó]|asegur[oó]|afirm[oó]|amenaz[oó]|cont[oó]"
    r"|grit[oó]|gritaron|gritan|escribi[oó]|escribieron|llam[oó]"
    r"|llamaron|llama|llaman|llamarme|llamarle|llamarl[oa]s?|decirme|decirle|coment[oó]|public[oó]"
    r"|contest[oó]|respondi[oó]|insult[oó]|insultaron|puso|diciendo|llamando|gritando)"
)
#: Words of one clause that do not speak to the reader.
NOT_TO_YOU = rf"(?:(?!(?:you|u|ur|your|youre|yourself|tu|t[uú]|te|eres|vos|sos)\b)[\w\-]+{GAP})"
#: "People think …", "if you believe …": whatever follows is not the writer's own.
THOUGHT_BY_OTHERS = (
    rf"(?:(?:he|she|they|people|somebody|someone|anyone|anybody|everyone|who){GAP}(?:\w+{GAP})?"
    rf"|if{GAP}(?:you|u){GAP}(?:(?:really|honestly|still|actually){GAP})?)"
    r"(?:thinks?|thought|believes?|believed|claims?|claimed)"
)
#: "They want to kill all …": not the writer.
WANTED_BY_OTHERS = (
    rf"(?:they|he|she|who|nazis?|terrorists?|extremists?|racists?|isis|hamas){GAP}(?:\w+{GAP})?"
    r"(?:wants?|wanted|tr(?:y|ies|ied|ying)|plan(?:s|ned|ning)?|threaten(?:s|ed|ing)?|vow(?:s|ed)?"
    r"|intend(?:s|ed)?|promise[sd]?|decided|ordered|hoped?|hopes)"
)
REPORTED_BEFORE = re.compile(
    rf"(?:\b{NOT_MINE}{SAYS}{GAP}{NOT_TO_YOU}{{0,5}}"
    rf"|\b(?:was|were|been|being|get|got|gets|getting|is|are){GAP}(?:called|labell?ed|told"
    rf"|branded){GAP}{NOT_TO_YOU}{{0,5}}"
    rf"|\b{SAYS_ES}{GAP}{NOT_TO_YOU}{{0,5}}"
    rf"|\b{WANTED_BY_OTHERS}{GAP}to{GAP}|\b{THOUGHT_BY_OTHERS}{GAP}(?:that{GAP})?)$",
)
REPORTED_AFTER = re.compile(
    rf"^{GAP}(?:kaha|bol[aie]|bolay|kehta|kehti|kehte|keh (?:raha|rahi|rahe|kar)|kehkar|likh[aie]"
    r"|bulaya|bulata|bulate|pukara|kehne)\b",
)
I_SAID_UR = re.compile(r"\b(?:mai?n|mei?n|hum)\s*ne\b")
#: What speaks about a word rather than with it.
MENTION = (
    r"(?:words?|terms?|slurs?|phrases?|expressions?|insults?|meaning of|definition of|spelling of"
    r"|translation of|lyrics?|palabras?|t[eé]rminos?|insultos?|frases?|expresi[oó]n|significado de"
    r"|lafz|gaa?li)"
)
MENTIONED_BEFORE = re.compile(
    rf"(?:\b{MENTION}{GAP}(?:(?:like|such as|is|was|of|for|como|es){GAP})?"
    rf"|\b(?:what does|what do|what is|qu[eé] significa|how do you (?:spell|pronounce))"
    rf"{GAP}(?:(?:the|a|an){GAP})?(?:{MENTION}{GAP})?)$",
)
MENTIONED_AFTER = re.compile(
    rf"^{GAP}(?:(?:really|actually|even){GAP})?(?:means?\b|significa\b|ka matlab\b"
    rf"|(?:is|was|are){GAP}"
    r"(?:(?:a|an|such|considered|still|now|also|very|really|so|not)\s+)*(?:\w+\s+)?(?:word|slur|insult"
    r"|term|offensive|racist|hate speech|homophobic|sexist|hurtful|ok|okay|acceptable|allowed)\b"
    r"|es (?:un|una) (?:insulto|palabra|t[eé]rmino|groser[ií]a)\b)",
)
#: Outside the quotation marks: somebody else spoke, or the words are named or condemned.
CUE = re.compile(
    rf"\b{NOT_MINE}(?:{SAYS}|{SAYS_ES}|{MENTION}|say|write|sign|graffiti|comments?|messages?"
    r"|e-?mail|letter|reads?|hear|hears|hearing|heard|replies|kaha|bol[aie]|likha|kehta|kehte|mensajes?|comentarios?"
    r"|cartel|leer|decir|escribir|gritar|digas|escribas|deshumani\w+|dehumani\w+|denunci\w+|racist"
    r"|racism|offensive|hateful|hate speech|unacceptable|reported|banned|wrong"
    r"|disgusting|hurtful|racista|inaceptable|matlab)\b",
)
QUOTES = re.compile(
    r"\"[^\"\n]{1,400}\"|[“„][^”\n]{1,400}[”\"]|«[^»\n]{1,400}»"
    r"|(?<!\w)['‘](?:[^'’\n]|(?<=\w)['’](?=\w)){1,400}['’](?!\w)"
)
#: Speech about hatred, without quotation marks: who says it, and that it is wrong.
SPEECH = re.compile(
    rf"\b(?:who|to|by|stop|anyone|those|people|they|he|she|of|racists?|bigots?|nazis?){GAP}(?:\w+{GAP})?"
    r"(?:threaten|threatens|threatening|say|says|saying|think|thinks|thinking|believe|believes"
    r"|claim|claims|claiming|call|calling"
    rf"|chant|chanting|post|shout|shouting|write){GAP}(?:\w+{GAP}){{0,3}}$"
    r"|^\W*(?:saying|calling|claiming|chanting|thinking|threatening|(?:la )?amenaza|amenazar"
    rf"|decir){GAP}(?:\w+{GAP}){{0,3}}$",
)
CONDEMNED = re.compile(
    r"\b(?:wrong|racist|racism|hateful|hate speech|disgusting|ignorant|unacceptable|illegal"
    r"|not ok(?:ay)?|offensive|shame|ashamed|sad|horrible|hurtful|bigot\w*|nonsense|a lie|lies"
    r"|false|untrue|misguided|jail|prison|crime|c[aá]rcel|delito|prohibido"
    r"|machis\w+|racismo|racista|homof\w+|odio|mentira|fals[oa]"
    r"|bloquead[oa]s?|terrible|awful|prejudiced?|sexist|homophobic|reported?|banned)\b",
)
LOOK_AROUND = 100
SENTENCE_END = re.compile(r"[.!?;]+(?=\s|$)|\n")
MILD = frozenset({Category.PROFANITY, Category.SEXUAL, Category.INSULT, Category.HARASSMENT})
#: Contexts that hold inside a quotation too.
OWN = frozenset({Context.SELF, Context.RECLAIMED})
MOST_SURROUNDINGS = 200


class Surroundings(NamedTuple):
    """A match and what stands beside it, up to LOOK_AROUND characters, in small letters."""

    word: str
    category: Category
    before: str
    after: str


def in_context(text: str, matches: Iterable[Match]) -> list[Match]:
    """Return the matches of a text, those of the bundled lists with the context they stand in.

    After MOST_SURROUNDINGS different ones no more are read: a text of so many listed words is a
    flood, whatever it says around them, and must not take a second.
    """
    known: dict[Surroundings, Context | None] = {}
    found = []
    for match in matches:
        context = _context_of(text, match, known) if match.source is Source.LEXICON else None
        found.append(replace(match, context=context) if context else match)
    return found


def _context_of(
    text: str, match: Match, known: dict[Surroundings, Context | None]
) -> Context | None:
    surroundings = Surroundings(
        match.text.lower(),
        match.category,
        text[max(0, match.start - LOOK_AROUND) : match.start].lower(),
        text[match.end : match.end + LOOK_AROUND].lower(),
    )
    if surroundings not in known:
        if len(known) >= MOST_SURROUNDINGS:
            return None
        known[surroundings] = _context_in(surroundings)
    context = known[surroundings]
    if context not in OWN and _is_quoted(text, match):
        return Context.QUOTED
    return context


def _context_in(said: Surroundings) -> Context | None:
    before, after = _clause(said.before), said.after
    if own := _own_context(said.word, before, after):
        return own
    if said.category is Category.THREAT and is_laughed_off(said.word, before, after):
        return Context.JEST
    is_thing = scolds_a_thing(said.word, said.category, before, after)
    if is_thing or is_set_phrase(said.word, before, after):
        return Context.THING
    if MENTIONED_BEFORE.search(before) or MENTIONED_AFTER.match(after):
        return Context.QUOTED
    if _is_denied(said, before):
        return Context.NEGATED
    return Context.REPORTED if _is_reported(said, before) else None


def _own_context(word: str, before: str, after: str) -> Context | None:
    if _is_of_oneself(word, before, after):
        return Context.SELF
    return Context.RECLAIMED if _is_reclaimed(word, before, after) else None


def _is_denied(said: Surroundings, before: str) -> bool:
    is_negated = NEGATED_BEFORE.search(before) or NEGATED_AFTER.match(said.after)
    is_meant = said.category in MILD and (WHY.search(before) or BUT_AFTER.match(said.after))
    return bool(is_negated and not is_meant)


#: Who is called something to their face: "you are such a …", "tum … ho".
TO_READER = re.compile(
    rf"\b(?:you(?:['’]?re|{GAP}(?:are|r))?|u(?:{GAP}(?:are|r))?|ur|youre|eres|sos|est[aá]s|tum|tu|aap"
    rf"|du(?:{GAP}bist)?|ihr(?:{GAP}seid)?|t['’]es|tu{GAP}es|esp[eè]ce{GAP}de|sei|siete|[eé]s"
    rf"|voc[eê]s?{GAP}(?:[eé]|s[aã]o)|seu|sua)"
    rf"{GAP}(?:{FILLERS}|{FILLERS_ES}|{FILLERS_UR})$",
)
CURSE = re.compile(rf"(?:fuck|screw|damn|piss off){GAP}(?:you|u|ya)")
#: "If you say that, you are a …" speaks of whoever says it.
CONDITION = re.compile(r"\b(?:if|whoever|si|quien|agar|yadi|jo)\b")
CLAUSE_END = re.compile(
    r"\W*(?:$|[.!?,;\n])|\s+(?:and|y|e|aur|hai|ho|hain|lol|bro|man|dude|tio|yaar"
    r"|und|et|e|va|bist|alter)\b"
)


def is_said_to_reader(text: str, match: Match) -> bool:
    """Say whether a text calls its reader by a match, or curses them: "eres un idiota"."""
    if CURSE.fullmatch(match.text.lower()):
        return True
    before = _clause(text[max(0, match.start - LOOK_AROUND) : match.start].lower())
    after = text[match.end : match.end + LOOK_AROUND].lower()
    is_said = TO_READER.search(before) and CLAUSE_END.match(after)
    return bool(is_said and not CONDITION.search(before))


def _clause(before: str) -> str:
    """Return what stands before a match in its own sentence."""
    return before[max((end.end() for end in SENTENCE_END.finditer(before)), default=0) :]


def _is_of_oneself(word: str, before: str, after: str) -> bool:
    mine = MINE_BEFORE.search(before)
    if mine and (MINE.fullmatch(word) if mine[1] else MINE_AFTER.match(after)):
        return True
    if UR_FIRST.search(before):
        return UR_WAS.match(after) is not None
    if SELF_BEFORE.search(before) or SELF_AFTER.match(after):
        return True
    return bool(SELF_ELSEWHERE.search(before) or SELF_AFTER_ELSEWHERE.match(after))


def _is_reclaimed(word: str, before: str, after: str) -> bool:
    if FRIENDLY.fullmatch(word):
        return bool(FRIENDLY_BEFORE.search(before) or FRIENDLY_AFTER.match(after))
    is_proud = PROUD_BEFORE.search(before) or PROUD_AFTER.match(after)
    return bool(PROUD.fullmatch(word) and is_proud)


def _is_quoted(text: str, match: Match) -> bool:
    start = text.rfind("\n", 0, match.start) + 1
    end = text.find("\n", match.end)
    line = text[start : len(text) if end < 0 else end]
    if line.lstrip().startswith(">"):
        return _says_more_than_it_quotes(text)
    quotations = _places(QUOTES, line)
    cues = _places(CUE, _small(line)) if quotations else ()
    place = bisect_right(quotations, (match.start - start, len(line))) - 1
    if place < 0 or not cues:
        return False
    first, last = quotations[place]
    # All matches of a line share what was found in it: otherwise each would read all of it again.
    return match.end - start <= last and (cues[0][1] <= first or cues[-1][0] >= last)


def _small(text: str) -> str:
    """Return a text in small letters, each where it stood: "İ" has two of them."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(letter.lower()[0] for letter in text)


@lru_cache(maxsize=8)
def _says_more_than_it_quotes(text: str) -> bool:
    own = [line for line in text.split("\n") if not line.lstrip().startswith(">")]
    return any(any(map(str.isalpha, line)) for line in own)


@lru_cache(maxsize=16)
def _places(pattern: re.Pattern[str], line: str) -> list[tuple[int, int]]:
    return [found.span() for found in pattern.finditer(line)]


def _is_reported(said: Surroundings, before: str) -> bool:
    if REPORTED_BEFORE.search(before):
        return True
    if REPORTED_AFTER.match(said.after):
        return not I_SAID_UR.search(before)
    around = f"{said.before} {said.after}"
    return bool(SPEECH.search(before) and CONDEMNED.search(around))
