"""Threats, wishes and pushing to self-harm, by their grammar; German and French ones anywhere."""

import pytest

from tests.engine.judging import verdict_on

SAID = [
    "tod den juden",
    "Tod allen Muslimen",
    "vergast die Juden",
    "Ausländer gehören vergast",
    "Juden raus",
    "Ausländer raus!",
    "ich werde dich töten",
    "ich bring dich um",
    "Ich bring dich um, du Sau",
    "ich stech dich ab",
    "häng dich auf",
    "geh sterben",
    "mort aux juifs",
    "mort aux arabes",
    "Mort à tous les musulmans",
    "les juifs au four",
    "je vais te tuer",
    "on va te buter",
    "je vais te crever",
    "suicide-toi",
    "va te pendre",
    "cut your wrists",
    "go slit your wrists",
    "go drink some bleach",
    "please go jump in front of a train",
    "take your own life loser",
    "tírate de un puente",
    "bebe lejía",
    "zeher kha lo",
]
HARMLESS = [
    "Der Tod, den er starb, war leicht",
    "Tod den Zecken im Garten",
    "die Juden feiern heute Pessach",
    "ich bringe dich um acht Uhr hin",
    "ich bring dich um die Ecke",
    "Ich bring dich um Mitternacht heim",
    "häng dich rein",
    "hängt die Bilder auf",
    "Ausländer raus aus der Statistik zu rechnen ist falsch",
    "mort aux rats",
    "mort aux enchères",
    "il est mort aux États-Unis",
    "les juifs fêtent la Pâque",
    "je vais te tuer à FIFA",
    "on va te massacrer aux échecs",
    "il va te suivre",
    "don't cut your wrists on the glass",
    "I used to cut my wrists of bread dough",
    "cut your wrist strap shorter",
    "did you cut your wrists on the fence?",
    "we jump off a bridge into the river every summer",
    "if your friends jump off a bridge, would you?",
    "do us a favour and vote",
    "jump in front of the camera",
    "take your life seriously",
    "take all your pills with water",
    "tírate a la piscina",
    "bebe agua",
    "zeher kha liya us ne film mein",
]


@pytest.mark.parametrize("text", SAID)
def test_a_threat_reaches_a_person(text):
    assert verdict_on(text, score_request=None).kind.rank >= 2


@pytest.mark.parametrize("text", HARMLESS)
def test_its_neighbours_do_not(text):
    assert verdict_on(text, score_request=None).kind.rank <= 1


@pytest.mark.parametrize(
    "text",
    [
        "I'll slaughter any Muslim I see",
        "we will shoot the next immigrant",
        "Gay people ought to be burned",
        "those women should be stoned",
        "Asians belong in a cage",
        "black people are not our equals",
        "the country would be so much better without refugees",
        "nothing but contempt for jews",
        "Muslims like you are vermin",
        "los gitanos son bestias",
        "deberían quemar a esas mujeres",
        "hay que fusilar a los inmigrantes",
        "mataré a cualquier judío",
        "las mujeres no son nuestros iguales",
        "este país estaría mejor sin moros",
        "siento puro odio por los negros",
        "esos gays me dan asco",
        "los negros deberían estar en jaulas",
    ],
)
def test_hatred_of_a_group_is_known_by_its_grammar(text):
    assert verdict_on(text, score_request=None).kind.rank >= 2


@pytest.mark.parametrize(
    "text",
    [
        "we will shoot every scene today",
        "I could murder an Indian tonight",
        "immigrants should be welcomed",
        "gay people ought to be respected",
        "women belong in parliament",
        "the lions belong in a zoo",
        "black people are our equals",
        "the country would be poorer without refugees",
        "the world would be a better place without racism",
        "nothing but respect for women",
        "these spiders are vermin",
        "los gitanos son amables",
        "deberían escuchar a esas mujeres",
        "hay que matar a los mosquitos",
        "conoceré a cualquier judío de la ciudad",
        "las mujeres son nuestras iguales",
        "este país estaría peor sin inmigrantes",
        "siento mucho amor por los gatos",
        "esos insectos me dan asco",
        "los leones deberían estar en el zoo",
    ],
)
def test_what_is_said_of_others_or_in_kindness_is_not(text):
    assert verdict_on(text, score_request=None).kind == "allow"


@pytest.mark.parametrize(
    "text",
    [
        "Que quede claro: no odio a los trans.",
        "no odio a las mujeres",
        "I don't hate gay people",
        "we would never hate immigrants",
        "no Muslim should be burned",
        "no creo que los negros sean escoria",
        "she is the opposite of an idiot",
    ],
)
def test_denied_hatred_is_no_matter_for_a_person(text):
    assert verdict_on(text).kind.rank <= 1


#: One that is said and one neighbour, in scripts and languages that share no grammar with others.
ELSEWHERE = {
    "ru": ("я тебя убью", "я убью время до вечера"),
    "ru, to die": ("сдохни", "телефон сдох"),
    "uk": ("я вб'ю тебе", "я вб'ю цвях"),
    "bg": ("ще те убия", "ще те чакам"),
    "el": ("θα σε σκοτώσω", "θα σε δω αύριο"),
    "ar": ("سأقتلك غدا", "سأقابلك غدا"),
    "fa": ("می‌کشمت", "می‌بینمت"),
    "ur": ("میں تمہیں مار ڈالوں گا", "میں تمہیں کتاب دوں گا"),
    "hi": ("मैं तुझे मार डालूंगा", "मच्छर मार डालूंगा"),
    "he": ("אני אהרוג אותך", "אני אראה אותך"),
    "zh": ("我要杀了你", "我要杀了这条鱼"),
    "ja": ("殺してやる", "時間を殺す"),
    "ko": ("널 죽일 거야", "더워 죽겠어"),
    "hu": ("megöllek", "megöllelek"),
    "fi": ("minä tapan sinut", "tapaan sinut huomenna"),
    "no": ("jeg skal drepe deg", "jeg skal treffe deg"),
    "vi": ("tao sẽ giết mày", "tao sẽ gặp mày"),
    "th": ("ฉันจะฆ่าคุณ", "ฉันจะพบคุณ"),
}


@pytest.mark.parametrize("language", ELSEWHERE)
def test_a_threat_in_another_script_reaches_a_person(language):
    threat, neighbour = ELSEWHERE[language]
    kinds = [verdict_on(text, score_request=None).kind for text in (threat, neighbour)]
    assert kinds == ["flag", "allow"]


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("I know where you live, it's next to the bakery", 0),
        ("I know where you live so I can drop the parcel off", 0),
        ("I know where you live, it's near the school and I will get you", 3),
        ("i know where you live, next to the school, and i will come for you", 3),
        ("i know where you live its near i kill you", 3),
        ("Watch your back, the floor is wet", 0),
        ("watch your back when you lift those boxes", 0),
        ("watch your back, snitch", 2),
    ],
)
def test_what_follows_tells_a_threat_from_help(text, rank):
    assert verdict_on(text).kind.rank == rank
