"""Words that accuse nobody: said of oneself, denied, quoted, reported."""

import pytest

from moderation.engine.matches import Category, Context, Match, Source
from moderation.engine.verdict.author_record import AuthorRecord
from moderation.engine.verdict.policy import PRESETS
from moderation.engine.words import context, oneself
from tests.engine.judging import found_in, verdict_on

SELF = (
    "I was such a fool, sorry everyone",
    "silly me, I am an idiot for missing that",
    "god I'm so fucking stupid sometimes",
    "I feel like a loser today",
    "what an idiot I am",
    "call me a moron but I like pineapple pizza",
    "we were idiots to believe it",
    "soy un idiota, perdon",
    "que tonto soy, olvide las llaves",
    "fui muy estúpido al confiar",
    "main bhi pagal hoon jo maan gaya",
    "main kitna bewaqoof tha",
    "I hate myself for being such an idiot",
    "I feel like an idiot for not reading the docs",
    "sorry for being such an asshole yesterday",
    "I am trying not to be a dickhead",
    "perdón por ser tan imbécil",
)
RECLAIMED = (
    "love you, my bitches",
    "what's good, my nigga",
    "she is a bad bitch and I adore her",
    "us queers and dykes stick together, proud faggots all of us",
    "a bitch like me needs coffee",
)
QUOTED = (
    'he wrote "you are a fucking idiot" in my chat',
    'She said: "I will kill you" and I reported it',
    '"kill yourself" is never an acceptable message',
    "The word “nigger” is a slur",
    'they shouted "go back to your country" at my mother',
    'me dijo "eres una puta" y me fui',
    'la palabra "puta" es un insulto',
    'usne kaha "tu harami hai"',
    'What does "cunt" mean?',
    "> you are a fucking idiot\nplease be nicer",
    'the graffiti read "kill all jews", it was removed',
    '"Fuck you" was the last thing he said to me',
    "he said 'you fucking bitch' and hung up",
    'Decir "los gitanos son bestias" es deshumanizante',
    'no escribas "muerte a los moros" aquí',
)
REPORTED = (
    "Someone called me a faggot at school",
    "he told me to kill myself yesterday",
    "My teacher said that I am an idiot",
    "people who say all muslims are terrorists are wrong",
    "me llamó maricón en clase",
    "us ne mujhe kutta kaha",
    "I got called a bitch by a stranger",
    "it is racist to say that blacks are inferior",
)
NEGATED = (
    "you are not an idiot",
    "I am not going to kill you",
    "I would never call you a bitch",
    "not all muslims are terrorists",
    "nobody is going to kill you",
    "no eres una puta",
    "no te voy a matar",
    "tum kutte nahi ho",
    "I don't think you are a bitch",
    "women are not bitches",
    "please stop saying bitch in here",
)
SAID = (
    '"fuck you"',
    'I say "kill yourself"',
    'go "kill yourself" now',
    "I told you: fuck you bitch",
    "he said hi, fuck you",
    "why don't you kill yourself",
    "don't be shy and kill yourself",
    "everyone hates you, kill yourself",
    "I said fuck you",
    "you are not only a bitch, you are a fucking cunt",
    "you are not a man, you are a bitch",
    "> fuck you",
    "my neighbour is a faggot, burn him",
    "you nigger, get out",
    "shut up bitch",
)


def contexts_in(text):
    return {match.context for match in found_in(text).matches}


@pytest.mark.parametrize("text", SELF)
def test_what_one_says_of_oneself_only_warns(text):
    assert contexts_in(text) == {Context.SELF}
    assert verdict_on(text, score_request=None).kind == "warn"
    assert verdict_on(text).kind == "warn"


@pytest.mark.parametrize("text", RECLAIMED)
def test_what_groups_call_themselves_only_warns(text):
    assert contexts_in(text) == {Context.RECLAIMED}
    assert verdict_on(text, score_request=None).kind == "warn"


@pytest.mark.parametrize("text", [*QUOTED, *REPORTED, *NEGATED])
@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_what_accuses_nobody_is_at_most_flagged(text, preset):
    assert contexts_in(text) <= set(Context)
    verdict = verdict_on(text, PRESETS[preset], record=AuthorRecord(recent_violations=3))
    assert verdict.kind in {"allow", "warn", "flag"}
    assert verdict.kind == "allow" or not verdict.may_strike


@pytest.mark.parametrize("text", SAID)
def test_quotation_marks_and_denials_elsewhere_excuse_nothing(text):
    assert None in contexts_in(text)
    assert verdict_on(text, score_request=None).kind == "block"


@pytest.mark.parametrize(
    "text", ["I am surrounded by idiots", "I was right, you are an idiot", "am sick of you idiots"]
)
def test_an_insult_beside_oneself_is_one(text):
    assert contexts_in(text) == {None}
    assert verdict_on(text, score_request=None).kind == "flag"


def test_a_cry_for_help_still_reaches_a_person():
    assert verdict_on("I want to kill myself").kind == "flag"


@pytest.mark.parametrize(
    "text",
    [
        "no eres un idiota",
        "no eres tonto",
        "no eres estúpida",
        "you are not an idiot",
        "you're not stupid",
        "tum bewaqoof nahi ho",
        "no eres ningún idiota, créeme",
        "nunca fuiste una inútil",
        "no sois idiotas",
        "she is not a bitch",
    ],
)
def test_a_denied_insult_only_warns(text):
    assert contexts_in(text) == {Context.NEGATED}
    assert verdict_on(text).kind == "warn"


@pytest.mark.parametrize(
    "text",
    [
        "no seas idiota",
        "eres un idiota, no lo niegues",
        "no, eres un idiota",
        "no eres más que un idiota",
        "no eres solo un idiota, eres un cabrón",
        "I'm not saying you're an idiot, but you act like one",
        "you're nothing but an idiot",
        "no digo que seas idiota, pero",
        "you are not a man, you are a bitch",
        "no eres hombre, eres una puta",
    ],
)
def test_a_denial_of_something_else_excuses_no_insult(text):
    assert verdict_on(text).kind.rank >= 2


@pytest.mark.parametrize(
    "text",
    [
        "I cannot believe this bitch",
        "I can't believe you are such an idiot",
        "I can not believe this whore",
        "why doesn't that asshole leave",
    ],
)
def test_a_denial_that_denies_no_insult_is_none(text):
    assert contexts_in(text) == {None}


# --- Floods


class Counting:
    """A pattern that counts the characters that it is given to read."""

    def __init__(self, pattern):
        self.pattern = pattern
        self.read = 0

    def search(self, text):
        self.read += len(text)
        return self.pattern.search(text)

    def finditer(self, text):
        self.read += len(text)
        return self.pattern.finditer(text)


@pytest.mark.parametrize("text", ['"idiot" ' * 1_000, "«idiot» said " * 700, "> idiot\n" * 1_000])
def test_a_line_of_many_quotations_is_read_for_all_of_them_at_once(text, monkeypatch):
    cue = Counting(context.CUE)
    monkeypatch.setattr(context, "CUE", cue)
    assert len(found_in(text).matches) >= 700
    assert cue.read <= 2 * len(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("you idiot " * 1_000, 30),  # the same stands beside each but the first and the last ones
        (" ".join(f"you idiot {number}" for number in range(700)), context.MOST_SURROUNDINGS),
    ],
)
def test_what_stands_beside_many_words_is_not_read_again_and_again(text, read, monkeypatch):
    asked = []
    monkeypatch.setattr(context, "_context_in", asked.append)
    assert len(found_in(text).matches) >= 700
    assert len(asked) <= read


# --- By the place alone


def placed(text, word="idiot", at=0, category=Category.INSULT):
    """Return the context of the word's occurrence with this number."""
    start = -1
    for _ in range(at + 1):
        start = text.index(word, start + 1)
    match = Match(start, start + len(word), word, category, Source.LEXICON, 0.75, word)
    return context.in_context(text, [match])[0].context


@pytest.mark.parametrize(
    ("text", "at", "found"),
    [
        ('he said "idiot" to me', 0, Context.QUOTED),
        ('"idiot" he said', 0, Context.QUOTED),
        ('idiot, he said "hi" then', 0, None),
        ('"idiot" and "idiot" he said', 1, Context.QUOTED),
        ('"idiot" he said, idiot', 1, None),
        ('"idiot"', 0, None),
        ('he said\n"idiot"', 0, None),
        ('hey\nhe said "idiot"\nbye', 0, Context.QUOTED),
        ("> idiot\nbe nicer", 0, Context.QUOTED),
        ("  > idiot\nbe nicer", 0, Context.QUOTED),
        ("> idiot\n> be nicer", 0, None),
        ("> idiot\n---", 0, None),
        ("be nicer\n> idiot", 0, Context.QUOTED),
        ("be nicer\nidiot > ", 0, None),
    ],
)
def test_a_word_is_quoted_where_its_line_says_who_speaks(text, at, found):
    assert placed(text, at=at) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I am an idiot", Context.SELF),
        ('he said "I am an idiot"', Context.SELF),
        ("you are not an idiot", Context.NEGATED),
        ("he called me an idiot", Context.REPORTED),
        ("the word idiot", Context.QUOTED),
        ("you are an idiot", None),
        ("I am tall. You idiot", None),
        (f"I am an idiot{'!' * 200}", Context.SELF),
        (f"{'x ' * 100}I am an idiot", Context.SELF),
    ],
)
def test_each_context_has_its_name(text, found):
    assert placed(text) == found


def test_only_the_bundled_lists_words_have_a_context():
    own = Match(8, 13, "idiot", Category.INSULT, Source.BLACKLIST, 0.75, "idiot")
    assert context.in_context("I am an idiot", [own]) == [own]


def test_after_so_many_different_surroundings_no_more_are_read(monkeypatch):
    monkeypatch.setattr(context, "MOST_SURROUNDINGS", 2)
    text = " ".join(f"I am an idiot {'.' * 200}{number}." for number in range(3))
    starts = [at for at in range(len(text)) if text.startswith("idiot", at)]
    matches = [
        Match(at, at + 5, "idiot", Category.INSULT, Source.LEXICON, 0.75, "idiot") for at in starts
    ]
    found = [match.context for match in context.in_context(text, [*matches, *matches])]
    assert found == [Context.SELF, Context.SELF, None] * 2


def about(*contexts, category=Category.INSULT, source=Source.LEXICON):
    return [Match(0, 1, "x", category, source, 0.5, "x", context=one) for one in contexts]


@pytest.mark.parametrize(
    ("text", "matches", "is_about", "blames"),
    [
        ("I am an idiot", about(Context.SELF), True, True),
        ("I am an idiot", [], True, True),
        ("I am an idiot", about(Context.SELF, None), False, False),
        ("I am an idiot", about(Context.SELF, category=Category.THREAT), False, False),
        ("I am an idiot", about(Context.SELF, category=Category.PROFANITY), True, False),
        ("I am an idiot", about(None, source=Source.SPAM), True, True),
        ("an idiot", about(Context.SELF), False, False),
        ("I am an idiot like you", about(Context.SELF), False, False),
        ("I am an idiot for trusting him", about(Context.SELF), False, True),
    ],
)
def test_whom_a_text_is_about(text, matches, is_about, blames):
    assert oneself.is_about_oneself(text, matches) is is_about
    assert oneself.blames_oneself(text, matches) is blames
