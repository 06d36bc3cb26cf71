"""The texts on which the engine is measured: chat lines, disguised ones, long and hostile ones."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HOSTILE = Path(__file__).resolve().parent.parent / "tests" / "data" / "hostile_inputs.json"
LONGEST = 10_000
#: About 60 characters each, as chat lines are.
PLAIN = """\
hey are you coming to the game tonight or should we wait up?
that last round was so close, well played everyone, again?
can somebody explain how the trade window works in here pls
kya haal hai bhai, kal match dekhne chaloge ya ghar pe raho
no puedo entrar al servidor, alguien sabe si esta caido hoy
my cat just walked over the keyboard and bought three swords
the new map looks great but the loading screen takes forever
aaj office mein bohat kaam tha, ab thora araam karne do yaar
nos vemos en la plaza a las ocho, lleva agua y algo de comer
I finished chapter twelve and I still do not trust the baker
this lag is killing me, third disconnect in a single evening
thanks for the help yesterday, the build works on my machine
"""
DISGUISED = """\
you are such an 1d10t and a l o s e r, go home f*ck y0urself
what a b.i.t.c.h she is, \u0440\u0443\u0442in is not her n\u0430me 5h1+head
id\u200biot id\u200biot why d0 you ev3n pl4y th1s g4me m0r0n, qu1t n0w
\U0001d422\U0001d41d\U0001d422\U0001d428\U0001d42d, fück ÿöü änd yöur whöle stüpïd teäm, l0sers
shiiiiittttt this is so stuuuupid, what a d-u-m-b a-s-s play
p3nd3j0 de m13rd4, c\u00e1ll4t3 y4, 1mb3c1l, n0 s4b3s jug4r n4d4
chut1ya s4la b-e-w-a-k-o-o-f, ch\u00fcp k\u00e4r y4\u00e4r k1tna bolta h41
\uff46\uff55\uff43\uff4b this \uff53\uff48\uff49\uff54 team, n00bs and m o r o n s all of them
8!7(h35 and n**bs, wh4t a $h1tty l0bby w3 g0t aga1n t0n1ght
"""
PERSONAL = """\
call me on +92-300-1234567 or mail john.doe@example.com now!
my number is 0300 1234567, text me when the parcel has come
card 4111 1111 1111 1111 expires 11/29, ask for the manager
send it to DE89 3704 0044 0532 0130 00 before the weekend ok
the server at 192.168.10.24:8080 is down, so is 10.0.0.1 now
order 4711-2026 from 2026-11-21 10:30, score 21-19, v1.2.3.4
ssn 123-45-6789 and (212) 555-0187 are on the form, please
"""


def lines(text: str) -> list[str]:
    return text.splitlines()


def unlike_lines(count: int) -> list[str]:
    """Return lines of the plain ones' words, no two alike."""
    chooser = random.Random(count)  # noqa: S311 - made-up texts
    words = PLAIN.split()
    return [" ".join(chooser.sample(words, 12)) for _ in range(count)]


def chat_of(size: int) -> str:
    """Return a plain text of so many characters in which few lines repeat."""
    chooser = random.Random(size)  # noqa: S311 - made-up texts
    parts: list[str] = []
    while sum(map(len, parts)) < size:
        words = chooser.choice(lines(PLAIN)).split()
        chooser.shuffle(words)
        parts.append(" ".join(words) + ". ")
    return "".join(parts)[:size]


def hostile_texts() -> Iterator[tuple[str, str]]:
    """Yield the name and text of each kept hostile input, at most as long as a message may be."""
    for item in json.loads(HOSTILE.read_text(encoding="utf-8"))["inputs"]:
        if isinstance(item.get("value"), str):
            yield item["id"], (item["value"] * item.get("times", 1))[:LONGEST]


def hostile_patterns() -> Iterator[dict[str, Any]]:
    """Yield the regular expressions that are kept with a text to attack them by."""
    inputs = json.loads(HOSTILE.read_text(encoding="utf-8"))["inputs"]
    return (item for item in inputs if item.get("is_regex") and "attack" in item)


def crafted_texts() -> dict[str, str]:
    """Return texts of full length in which no two words are alike, so that no cache helps."""
    chooser = random.Random(5)  # noqa: S311 - made-up texts
    some = chooser.choice

    def word(size: int) -> str:
        return "".join(some("abcdefghijklmnopqrstuvwxyz") for _ in range(size))

    def digits(size: int) -> str:
        return "".join(some("0123456789") for _ in range(size))

    makers: dict[str, Callable[[], str]] = {
        "words": lambda: word(chooser.randint(2, 8)),
        "single letters": lambda: word(1),
        "leet": lambda: "".join(some("0134579@$!|+(8ab") for _ in range(6)),
        "masks": lambda: f"{word(1)}{'*' * chooser.randint(1, 4)}{word(1)}",
        "capitals": lambda: word(4).upper(),
        "mentions": lambda: f"@{word(3)}",
        "e-mail addresses": lambda: f"{word(3)}@{word(3)}.com",
        "phone numbers": lambda: f"({digits(3)}) {digits(3)}-{digits(4)}",
        "nine digits": lambda: digits(9),
        "card numbers": lambda: f"4{digits(15)}",
        "bank accounts": lambda: f"{word(2)}{digits(2)} {word(4)}",
        "IP addresses": lambda: ".".join(str(chooser.randint(0, 255)) for _ in range(4)),
        "any letters": lambda: "".join(chr(chooser.randint(0xA0, 0xD7FF)) for _ in range(5)),
    }
    return {name: _full(make) for name, make in makers.items()}


def _full(make: Callable[[], str]) -> str:
    parts: list[str] = []
    size = 0
    while size < LONGEST:
        parts.append(make())
        size += len(parts[-1]) + 1
    return " ".join(parts)[:LONGEST]
