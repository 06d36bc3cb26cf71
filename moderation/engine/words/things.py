"""Say whether a listed word scolds a thing: "stupid printer", "maldita impresora de mierda"."""

import re

from moderation.engine.matches import Category

GAP = r"[\s'’\"“”*_]+"


def _one_of(words: str) -> str:
    """Return an expression for any of these words; `_` stands for a blank."""
    return f"(?:{'|'.join(words.split())})".replace("_", " ")


#: Words that stand before what they scold.
SCOLDING = re.compile(
    r"(?:stupid|dumb|dumbass|idiotic|moronic|imbecilic|pathetic|ugly|horrible|crap|crappy|shit"
    r"|shitty|bullshit|damn|damned|goddamn|fucking|fuckin|freaking|bloody|lousy|piece of shit|pos"
    r"|useless|fuck|screw|est[uú]pid[oa]s?|idiotas?|imb[eé]cil(?:es)?|maldit[oa]s?|put[oa]s?|jodid[oa]s?|pinches?|mierda|asqueros[oa]s?"
    r"|bakwas|ghatiya|kamin[aei]|fuzool)",
)
#: Names of people that things are called as well, but only with one of these before them.
NAME = re.compile(r"(?:bastard|bitch|idiot|moron)")
POINTING = re.compile(rf"\b(?:this|that|the|my|our|another){GAP}(?:\w+{GAP})?$")
#: "Life is a bitch": what is no person either, and is called so without pointing at it.
MATTER = _one_of(r"""
    life karma payback fate luck reality gravity love work school college growing_up getting_old
    ag(?:e)?ing time change traffic parking rent inflation weather humidity winter summer mondays?
    frustration nostalgia jealousy regret distance grammar math hindsight commute hangovers?
    migraines? jet_?lag arthritis grief quarantine unemployment bureaucracy
""")
#: "A bitch to clean": what is done with things alone.
DONE_WITH_THINGS = (
    r"(?:fix|repair|clean|remove|install|uninstall|open|close|find|build|use|make|carry|move|learn"
    r"|read|write|debug|test|maintain|assemble|draw|climb|park|solve|cook|sew|paint|reach|spell"
    r"|pronounce|set|get|put|take|fit|wash|iron|peel|cut|drive|ride|sand|plug|charge|print|parse)"
)
BE = r"(?:['’]?s|is|was|are|were|be|been|being|can be|could be|will be|would be|has been|must be)"
SUCH = r"(?:such|really|truly|still|just|always|also|like)"
CALLED = rf"{GAP}?\b{BE}{GAP}(?:{SUCH}{GAP})?an?{GAP}(?:\w+{GAP})?$"
#: The reader is no thing: "you stupid printer".
TO_READER = re.compile(
    rf"\b(?:you|u|ur|youre|y(?:ou)?['’]re|tu|t[uú]|eres|sos|vos|tum)"
    rf"{GAP}(?:\w+{GAP}){{0,2}}$",
)
#: What breaks, jams and is late. No word that is also said of people, or tells one to do something.
THING = _one_of(r"""
    printers? scanners? laptops? computers? pc phones? i?phones? tablets? chargers? cables?
    batter(?:y|ies) screens? monitors? keyboards? trackpads? headsets? headphones? earbuds speakers?
    microphones? webcams? cameras? routers? modems? wi-?fi internet connections? servers? websites?
    apps? updates? upgrades? installers? software firmware browsers? passwords? captchas? login
    compilers? spreadsheets? formulas? alarms? alarm_clocks? clocks? cars? trucks? bikes? bicycles?
    bus trains? planes? engines? tyres? tires? brakes traffic(?:_lights?)? parking_meters? doors?
    windows? drawers? shel(?:f|ves) chairs? lamps? bulbs? fridges? freezers? ovens? stoves?
    microwaves? toasters? kettles? dishwashers? blenders? (?:washing|coffee|vending)_machines?
    machines? vacuums? heaters? radiators? boilers? elevators? escalators? sinks? toilets? showers?
    pipes? tv remotes? consoles? controllers? joysticks? puzzles? homework exams? essays? paperwork
    weather rain snow mondays? mornings? winters? cancer covid corona(?:virus)? flu heat cold lag
    bugs? ideas? errors? (?:error_|log_)?messages? decisions? designs? layouts? rules? code
    indentation functions? methods? librar(?:y|ies) api docs documentation algorithms? algebra
    maths? loading_times? times? mistakes? typos? questions? jokes? names? laws? polic(?:y|ies)
    taxes fonts? ads? movies? films? episodes? levels? games? maps? patch(?:es)? plots? endings?
    plans? excuses? arguments? articles? headlines? jars? can_openers? umbrellas? shoes?
    shoelaces? socks? tents?
""")
THING_ES = _one_of(r"""
    impresoras? ordenador(?:es)? computadoras? port[aá]til(?:es)? tel[eé]fonos? m[oó]vil(?:es)?
    celular(?:es)? cargador(?:es)? cables? bater[ií]as? pantallas? teclados? c[aá]maras? router
    internet conexi[oó]n servidor(?:es)? aplicaci[oó]n actualizaci[oó]n contraseñas? formularios?
    alarmas? coches? carros? autob[uú]s trenes tren avi[oó]n tr[aá]fico sem[aá]foros? puertas?
    ventanas? cerraduras? sillas? l[aá]mparas? neveras? hornos? microondas lavadoras? m[aá]quinas?
    error(?:es)? ideas? reglas? mensajes? preguntas? decisi[oó]n diseño c[oó]digo juegos? nivel
    pel[ií]culas? ascensor(?:es)? grifos? duchas? consolas? deberes ex[aá]men(?:es)? lluvia lunes
    paraguas botellas?
""")
#: Between the word and the thing may stand another adjective.
NO_ADJECTIVE = (
    r"(?:next|by|in|on|at|with|to|of|for|and|or|who|that|from|is|was|has|had|broke|stole|took|ate"
    r"|drove|kicked|the|a|an|my|your|his|her|their|our|this|y|o|que|con|en|la|el|mi|tu|su)"
)
#: "Stupid computer nerd": a thing may name what somebody does.
SOMEBODY = (
    r"(?:operator|nerd|geek|guy|man|men|boy|girl|lady|woman|women|dude|kid|person|people|driver|user"
    r"|owner|thief|seller|dealer|teacher|expert|engineer|programmer|technician|repairman|addict|face)s?"
)
BESIDE = re.compile(
    rf"{GAP}(?:(?!{NO_ADJECTIVE}\b)\w+{GAP})?(?:{THING}|{THING_ES})\b(?!-|{GAP}{SOMEBODY}\b)",
)
OF_A_THING = re.compile(
    rf"{GAP}(?:of{GAP}a|de|del|da|do)(?:{GAP}(?:la|el|mi|un|una))?{GAP}(?:{THING}|{THING_ES})\b",
)
#: At a table a server is somebody.
A_THING_IS = re.compile(rf"\b(?!servers?\b)(?:{MATTER}|{THING}){CALLED}")
IS_CALLED = re.compile(CALLED)
OF_A_PERSON = re.compile(rf"\b(?:s?he|you|u|they|we|i|who)(?:['’]\w+)?{CALLED}")
TO_HANDLE = re.compile(rf"{GAP}to{GAP}{DONE_WITH_THINGS}\b")
AFTER_A_THING = re.compile(rf"\b(?:{THING_ES}){GAP}(?:\w+{GAP})?(?:(?:de|muy|tan|m[aá]s){GAP})?$")


def scolds_a_thing(word: str, category: Category, before: str, after: str) -> bool:
    """Say whether a word is said of a thing; `before` and `after` it stands the rest.

    All three are in small letters.
    """
    if category not in {Category.PROFANITY, Category.INSULT, Category.HARASSMENT}:
        return False
    if TO_READER.search(before):
        return False
    if SCOLDING.fullmatch(word):
        return bool(BESIDE.match(after) or OF_A_THING.match(after) or AFTER_A_THING.search(before))
    return bool(NAME.fullmatch(word)) and _is_called(before, after)


def _is_called(before: str, after: str) -> bool:
    """Say whether a thing is called what stands between."""
    if POINTING.search(before) and (BESIDE.match(after) or OF_A_THING.match(after)):
        return True
    is_handled = TO_HANDLE.match(after) and IS_CALLED.search(before)
    return bool(A_THING_IS.search(before) or (is_handled and not OF_A_PERSON.search(before)))
