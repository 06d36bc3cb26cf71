"""A threat about a game is none; one that its author laughs about goes to a person at most."""

import pytest

from tests.engine.judging import verdict_on

ABOUT_A_GAME = [
    "я тебя убью в шахматы",
    "Я тебя убью в доту сегодня",
    "Убью тебя в FIFA",
    "Я тебе вб'ю в шахи",
    "main tumhe chess mein maar dunga",
    "tujhe maar dunga ludo mein",
    "체스에서 널 죽여버릴 거야",
    "チェスでお前を殺す",
    "سأقتلك في الشطرنج",
    "Θα σε σκοτώσω στο σκάκι",
    "Tao giết mày trong cờ vua",
    "Megöllek sakkban",
    "Tapan sinut shakissa",
    "I will kill you at checkers",
]
NO_GAME = [
    "Я тебя убью футбольной битой",
    "Я тебя убью, шахматист хренов",
    "I'll kill you with a cricket bat",
    "I play fifa. I will kill you",
    "we met in fifa yesterday and now I will kill your family",
    "fun in FIFA, but I will kill you",
    "tujhe maar dunga, ludo mat khel",
    "Я играл в шахматы и я тебя убью",
    "お前を殺す。チェスで遊ぼう",
]
LAUGHED_OFF = [
    "I'll kill you if you spoil the ending lol",
    "I will kill you haha you ate my fries",
    "gonna murder you when you get here 😂 you forgot the cake",
    "Te mato si me cuentas el final jajaja",
    "Я тебя убью, если расскажешь конец ахаха",
    "tujhe maar dunga hahaha",
    "I'll kill you, just kidding",
    "넌 이제 죽여버릴 거야 ㅋㅋㅋ",
    "I will murder you lmao",
    "lol I'm going to kill you",
]
NEVER_FUN = [
    "I will rape you lol",
    "You should die in a fire haha",
    "There is a bomb in the school haha",
    "I will kill all muslims lol",
    "hope you die lmao",
    "I will kill your family haha",
    "I know where you live hahaha",
    "kill yourself lol",
]


@pytest.mark.parametrize("text", ABOUT_A_GAME)
def test_a_threat_about_a_game_is_allowed(text):
    assert verdict_on(text).kind == "allow"


@pytest.mark.parametrize("text", NO_GAME)
def test_a_game_elsewhere_excuses_no_threat(text):
    assert verdict_on(text).kind.rank >= 2


@pytest.mark.parametrize("text", LAUGHED_OFF)
def test_a_laugh_leaves_a_threat_to_a_person(text):
    assert verdict_on(text).kind == "flag"


@pytest.mark.parametrize("text", NEVER_FUN)
def test_some_threats_are_never_fun(text):
    assert verdict_on(text).kind == "block"
