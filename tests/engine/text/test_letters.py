"""Words that are hidden by letters, invisible signs, markup and masks, and innocent look-alikes."""

import pytest

from tests.engine.judging import words_in

HIDDEN = {
    "masked by dashes": (
        "well f--k that", "b--ch please", "what a load of sh-t", "you c-nt", "tw-t",
        "she is a wh-re",
        "sl-t", "n----r go home", "mother-f-cker", "what the f---",
    ),
    "masked by dots": (
        "f..k this", "go f...ing away, f..k", "bi..h", "n..ger", "wh..e", "as..ole", "puss. b.tch",
        "tw.t", "sh.t", "fa..ot",
    ),
    "masked by question marks": (
        "f?ck them", "b?tch", "sh?t", "f??k", "c?nt", "wh?re", "sl?t", "f?ggot", "b?stard",
        "n?gger",
    ),
    "masked by apostrophes": (
        "f'ck", "f’ck off", "sh’t", "b'tch", "c’nt", "mor'n", "sl’t", "tw't", "f’ggot", "n'gger",
    ),
    "masked by x": (
        "fxck", "bxtch", "shxt", "dxck", "cxnt", "whxre", "slxt", "twxt", "fxxk", "bxtches",
    ),
    "masked by asterisks": (
        "p***y", "pu**y", "i***t", "s****d", "w****r", r"f\*ck", r"sh\*t", r"f\*\*k", "mo**n",
        "wh***",
    ),
    "in markup": (
        "**sh**it", "c**un**t", "bitc**h**es", "||as||shole", "[wh]ore", "(c)unt", "mor(o)n",
        "wh<my-tag>or</my-tag>e", "sl[i]u[/i]t", "__sh__it",
    ),
    "in escapes": (
        "&#98&#105&#116&#99&#104", "&#x63unt", "m&oacute;ron", "m&amp;#111;ron",
        "wh&amp;amp;#111;re",
        "sl&ZeroWidthSpace;ut", r"\u0062itch", r"wh\x6fre", "mor%6fn", "b%69tch",
    ),
    "beside invisible signs": (
        "b\x00itch", "mo\x08ron", "sl\x7fut", "\x1b[31mbitch\x1b[0m", "\x1b[1;31mw\x1b[0mhore",
        "\x0304mo\x0312ron", "§4m§co§6r§4o§cn", "wh§4ore", "m\u3164o\u3164r\u3164o\u3164n",
        "m\uffa0o\uffa0r\uffa0o\uffa0n",
    ),
    "with a sign of degrees": (
        "m°ron", "wh°re", "assh°le", "c°ck", "m°r°n", "m\u200b°ron", "c°cksucker", "d°uche",
        "a m°ron", "you wh°re",
    ),
    "in both directions": (
        "\u202emoron", "\u202enorom\u202c", "you \u202ebitch", "\u202ewhat a whore\u202c",
        "\u202e\u2066moron\u2069\u202c", "\u202e\u2068you cunt\u2069",
        "\u2067\u202ebitch\u202c\u2069",
        "\u202ehctiB", "a \u202eslut\u202c b", "\u202eerohw",
    ),
    "in letters with hooks and strokes": (
        "ɱɵɽɵɳ", "ʂɫuʈ", "ɓɨȶȼɦ", "ƈʉɲƭ", "MØɌØN", "SŁᵾŦ", "ꝀᵾŦŦȺ", "ɓɪƭƈɦ", "ƒʉƈƙ", "ᏔҺȱɍɇ",
    ),
    "in letters of several alphabets": (
        "๓๏г๏ภ", "๒เtςђ", "ςยภt", "รlยt", "₥ØⱤØ₦", "฿ł₮₵Ⱨ", "₴ⱠɄ₮", "ƒմ℃ҟ", "b₤oody puss¥",
        "м๏г๏n",
    ),
    "upside down": (
        "uoɹoɯ", "ɥɔʇᴉq", "ʞɔnɟ", "ʇnls ɐ noʎ", "noʎ ʞɔnɟ", "ǝɹoɥʍ", "you ǝloɥssɐ", "ʇunɔ ɐ",
        "ʇoᴉpᴉ uɐ ǝɹɐ noʎ", "what ɥɔʇᴉq",
    ),
    "with boxes": (
        "ni🅱🅱a", "ni🅱️🅱️er", "fa🅱️🅱️ot", "fuc🅱", "fuc🅱️ you", "dic🅱head", "motherfuc🅱er",
        "fuc🅱️ing",
        "suc🅱 my coc🅱", "🅱itch",
    ),
    "in like letters": (
        "shyt", "bytch", "nygger", "bjtch", "shjt", "azzhole", "bitchez", "pjssed", "moronz",
        "zlut",
    ),
}  # fmt: skip
INNOCENT = {
    "with endings after an apostrophe": (
        "the day's work", "a 3-day’s trip", "she’d go", "they’re here", "we've been", "I’ll come",
        "the boys' room", "o’clock", "rock’n’roll", "y’all’re late",
    ),
    "dashes": (
        "well-known", "an x-ray", "the s-curve", "pages a--z", "for (f--; i < 3;)", "a T-shirt",
        "the f-number", "co-op, re-do", "wait -- what", "sh-boom",
    ),
    "dots": (
        "a..b", "1..9", "so...it", "st..it", "wait..what", "index.ts", "www.sh.to", "u.s.a",
        "e.g..this", "b.c.",
    ),
    "question marks": (
        "what?no", "f?x=1", "really?yes", "a?b:c", "sh?shut", "page?it=1", "no?ok", "eh?the",
        "x/f?ck=1", "why?that",
    ),
    "apostrophes": (
        "s'il te plait", "don’t", "ho's", "o’clock", "l'homme", "sh'ma", "d'accord", "y’all",
        "rock’n’roll", "c'est",
    ),
    "x": (
        "next exam", "taxi", "boxes", "sixty", "text", "Mexico", "luxury", "dxf file", "exxon",
        "faxes",
    ),
    "asterisks": (
        "2 * 3", r"a\*b", "**bold**", "p***n", "*note*", "5**2", "int **p", "* item", "a*b*c",
        r"\*not bold\*",
    ),
    "markup": (
        "(s)he", "colo(u)r", "word(s)", "**bold**text", "[t]hey said", "(un)happy", "f(x)dx",
        "[1]note", "a||b||c", "my__init__py",
    ),
    "escapes": (
        "Tom &amp; Jerry", "100%ab", "x%20y", r"C:\users", "%5d items", "&nbsp;hi", "R&D",
        "AT&#38;T",
        "%s and %d", r"\u2014",
    ),
    "invisible signs": (
        "tab\there", "two\nlines", "\x1b[1mbold\x1b[0m", "see §5a and §6b", "§ 4 of the law",
        "a\x00b", "hi\u3164there", "\x02hello\x02", "line\r\nend", "§4 BGB",
    ),
    "small signs": (
        "20°C", "n°5", "Brand®Name", "Coca™Cola", "a 90° turn", "Lego® set", "N°1", "5°", "©2026",
        "x™ y",
    ),
    "both directions": (
        "\u202eolleh\u202c", "\u202ehello\u202c", "\u202eשלום\u202c", "\u2067שלום\u2069",
        "safe \u202egpj.x",
        "\u202e", "\u202e\u2066hi\u2069\u202c", "\u200fشكرا", "a\u202eb", "\u202eyou are nice",
    ),
    "hooks and strokes": (
        "ɗan Hausa", "Đặng Văn", "Łódź", "Straße", "ƙasa", "ŋ sound", "Øre", "naïve", "Ħal", "ŧ",
    ),
    "several alphabets": (
        "20€", "€uro", "EUR€", "สวัสดีครับ", "ภาษาไทย", "Բարեւ ձեզ", "привет", "καλημέρα", "שלום",
        "₹500 or £20",
    ),
    "upside down": (
        "/ˈfɔːn/", "the ɐ sign", "sound pools", "[kɔːt]", "ʌp", "fɔnɛtɪk", "ʍ is a sound", "ǝ",
        "əˈbaʊt",
        "ɥ ɯ",
    ),
    "boxes": (
        "ra🅱️🅱️it", "🅱️ank", "🅰️🅱️", "ho🅱️🅱️y", "vitamin 🅱", "🅱️🅱️", "club 🅱️", "🅱️read", "jo🅱️",
        "gra🅱️",
    ),
    "like letters": (
        "pizza", "jazz", "shy", "city", "by", "rhythm", "lazy", "juz", "major", "fizzy",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", HIDDEN)
def test_a_hidden_word_is_found(kind):
    assert len(HIDDEN[kind]) == 10
    assert [text for text in HIDDEN[kind] if not words_in(text)] == []


@pytest.mark.parametrize("kind", INNOCENT)
def test_what_only_looks_hidden_is_left_alone(kind):
    assert len(INNOCENT[kind]) == 10
    assert [(text, words_in(text)) for text in INNOCENT[kind] if words_in(text)] == []
