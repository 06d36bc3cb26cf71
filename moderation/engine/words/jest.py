"""Say whether a threat is no threat: it is about a game, or its author laughs.

"я тебя убью в шахматы", "I'll kill you if you spoil the ending lol".
"""

import re

from moderation.engine.text.people import is_people
from moderation.engine.text.tokens import words_of


def _one_of(words: str) -> str:
    """Return an expression for any of these words; `_` stands for a blank."""
    return f"(?:{'|'.join(words.split())})".replace("_", r"\s+")


#: What people play against each other, in the languages in which the lists know threats. Stems
#: where the language adds endings.
GAME = _one_of(r"""
    chess checkers draughts shatranj ajedrez damas [eé]checs dames schach\w* mühle scacchi dama
    xadrez satran[cç]\w* tavla\w* okey\w* szach\w* warcab\w* šach\w* šah\w* [sș]ah sakk\w*
    shak+i\w* schaken dammen schack shogi catur halma
    шахмат\w* шах(?:и|ах) шашк\w* нард\w* шахове покер\w* теннис[еу]? пинг-?понг\w* футбол[еу]?
    хокке[йею] бильярд[еу]? боулинг\w* карт(?:ы|ах) домино монополи[юи] дот[уае] кс контр[уе]
    майнкрафт\w* фортнайт\w*
    fifa fife fif[ęe] mario_kart uno pokers? pokera tetris minecraft fortnite roblox dota cs
    counter-?strike valorant tekken overwatch pubg bgmi cod monopoly scrabble dominos? domin[oó]
    ludo carrom cricket kabaddi ping-?pong ping_pong tennis t[eê]nis tischtennis tafeltennis
    f[uú]tbol futebol football voetbal fotboll jalkapallo\w* foci\w* calcio fußball fussball
    piłk[ęaeou]
    basket(?:ball)? baloncesto volley(?:ball)? badminton billard billar biljart bowling darts
    skat doppelkopf rommé quiz trivia briscola scopa truco sueca bal[iık]* go_fish
    الشطرنج شطرنج فيفا ببجي لودو الورق शतरंज लूडो क्रिकेट 체스 장기 바둑 오목 롤 배그 피파
    チェス 将棋 囲碁 オセロ スマブラ マリオカート 国际象棋 國際象棋 象棋 围棋 圍棋
    五子棋 麻将 麻將 扑克 σκάκι τάβλι שחמט שש-?בש cờ_(?:vua|tướng) cờ หมากรุก
""")
#: What one plays a game "in" or "at"; some languages say it after the game.
PLAYED_IN = _one_of(r"""
    in at im beim bei ins en al a à aux au ai agli nel no na em nas w we v ve u la på i met med bij
    di trong ở в у во на по с στο στα
""")
PLAYED_AFTER = r"(?:\s*(?:mein|me|main|m|par|pe|میں|में)\b|에서|으로|로|でも?|里|裡|中|上)"
#: Their names with the ending that means "in".
IN_GAME = r"(?:satran[cç]ta|tavlada|okeyde|sakkban|shakissa|jalkapallossa|fociban|fifa['’]?da)"
#: With one of these it is a weapon: "a cricket bat".
THINGS_OF_GAMES = (
    r"(?!\s+(?:bats?|rackets?|racquets?|clubs?|balls?|sticks?|cues?|boards?|pieces?|players?|fans?"
    r"|coach|team|schläger|бит\w+|клюшк\w+|ракетк\w+)\b)"
)
IN_A_GAME = re.compile(
    rf"\b{PLAYED_IN}\s+(?:(?:the|a|this|our|der|dem|einer|el|la|una?|il|o|uma?)\s+)?{GAME}\b"
    rf"{THINGS_OF_GAMES}"
    rf"|(?<!\w){GAME}{PLAYED_AFTER}"
    rf"|(?<!\w)(?:في|ب|ב|ใน)\s?{GAME}"
    rf"|\b{IN_GAME}\b",
)
#: How an author laughs or says outright that it is meant in fun.
LAUGHTER = re.compile(
    r"\b(?:a?(?:ha){2,}h?|(?:he){2,}h?|a*(?:ja){2,}j?|(?:je){2,}j?|l+o+l+|lmf?ao+|rofl|xd+|mdr|ptdr"
    r"|jk|(?:just )?kidding|joking|(?:es|era|de|en) broma|maza+[qk]|spa(?:ß|ss)|scherz[oi]"
    r"|brincadeira|şaka|żartuj\w*|grapje|skojar|а?(?:ха){2,}х?|ахах\w*|шучу|шутка|жартую)\b"
    r"|\){3,}|[😂🤣😆😹😅]|ㅋ{2,}|ㅎ{2,}|哈{2,}|笑|www+\b|555+",
)


#: How many characters away a game may be named, within the same clause.
BESIDE = 30
CLAUSE_END = re.compile(
    r"[.!?;,:\n。、！？]|\b(?:and|but|y|pero|und|aber|et|mais|e|ma|mas|aur|lekin|и|но)\b",
)
#: Wishes, orders to die, rape, bombs and families are never fun.
NEVER_FUN = re.compile(
    r"rap(?:e|ing)|viol[ae]|estupr|bomb|blow up|shoot up|burn down"
    r"|\b(?:die|dies|dead|hope|wish|should|deserve|must|need|where|watch|mar ja\w*|muer\w*|morir\w*"
    r"|ojal[aá]|espero|deb\w+|geber|kendini|diri|famil\w*|mother|mo?um|mom|mutter|madre|m[eè]re"
    r"|kids|children|kinder|hijos|maa|behan)\b|сдохни|умри|себя|семь|мать",
)


def is_about_a_game(word: str, before: str, after: str) -> bool:
    """Say whether a threat to one person is about a game, which is named beside it.

    All three are in small letters.
    """
    near = CLAUSE_END.split(before[-BESIDE:])[-1] + word + CLAUSE_END.split(after[:BESIDE])[0]
    return _is_to_one(word) and IN_A_GAME.search(near) is not None


def is_laughed_off(word: str, before: str, after: str) -> bool:
    """Say whether the author of a threat to one person laughs about it; all in small letters."""
    return _is_to_one(word) and LAUGHTER.search(f"{before}{word}{after}") is not None


def _is_to_one(word: str) -> bool:
    """Say whether a threat may be fun: it names no group of people and nothing of NEVER_FUN."""
    return not NEVER_FUN.search(word) and not any(map(is_people, words_of(word.lower())))
