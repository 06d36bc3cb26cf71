"""Say where a listed word is somebody's first name: "Kike plays football", "my uncle Dick"."""

import re

#: Listed words that are first names, written as names are.
NAME = re.compile(r"(?:Dick|Kike|Randi)")
RELATION = (
    r"(?:friend|brother|sister|uncle|aunt|cousin|son|daughter|dad|mum|mom|boss|coach|teacher"
    r"|neighbou?r|colleague|amig[oa]|herman[oa]|prim[oa]|t[ií][oa]|hij[oa]|jefa?|vecin[oa])"
)
#: Before a name that a sentence or clause begins with, and after it: what its bearer does.
SUBJECT_BEFORE = re.compile(
    rf"(?:^|[.!?\n]\s*|\b{RELATION} |\b(?:and|when|if|because|that|today|yesterday|y|cuando|que"
    r"|porque|hoy|ayer|thinks?|said) )$",
    re.IGNORECASE,
)
SUBJECT_AFTER = re.compile(
    r" (?:plays?|played|scored?|won|lost|will|would|can|has|had|says?|said|told|came|comes|went"
    r"|goes|called|calls|wrote|works?|worked|lives?|lived|likes?|loves?|wants?|needs?|made|makes|got"
    r"|gave|sent|took|was (?:at|here|there|late|born)|is (?:my|our|here|at|in|on|coming|late)"
    r"|and (?:[A-Z][a-z]+|I)|juega|jug[oó]|marc[oó]|es (?:mi|nuestro)|viene|vino|dice|dijo|lleg[oó]"
    r"|est[aá]|vive|trabaja|tiene|gan[oó]|y (?:[A-Z][a-z]+|yo))\b"
)
#: Around a name of somebody who was met, asked, thanked.
OBJECT_BEFORE = re.compile(
    r"\b(?:saw|met|ask|asked|call|called|thanks|thank you|thanks to|hi to|with|visit|visited"
    rf"|gracias|vi a|conoc[ií] a|saluda a|con|my (?:\w+ )?{RELATION}),? $",
    re.IGNORECASE,
)
OBJECT_AFTER = re.compile(
    r"\s*(?:$|[.!?,\n]|\s(?:yesterday|today|about|at|in|on|for|tomorrow|ayer|hoy|por|en)\b)"
)
LOOK_BEFORE = 40


def is_first_name(text: str, start: int, end: int) -> bool:
    """Say whether text[start:end] names the person that a plain sentence is about."""
    if not NAME.fullmatch(text, start, end):
        return False
    before = text[max(0, start - LOOK_BEFORE) : start]
    is_subject = SUBJECT_BEFORE.search(before) and SUBJECT_AFTER.match(text, end)
    is_object = OBJECT_BEFORE.search(before) and OBJECT_AFTER.match(text, end)
    return bool(is_subject or is_object)
