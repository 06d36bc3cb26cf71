"""Listed words in links, keys, formulas, titles and names of people and places."""

import pytest

from tests.engine.judging import verdict_on

UNSPOKEN = [
    "https://en.wikipedia.org/wiki/Bitch_(slang)",
    "see https://en.wikipedia.org/wiki/Cunt for the etymology",
    "https://github.com/nvbn/thefuck",
    "pip install thefuck",
    "https://en.wikipedia.org/wiki/The_Idiot",
    "https://youtu.be/dQw4w9WgXcQ?si=FaGgOt12",
    "data:image/png;base64,iVBORw0KGgoFuCkAAAANSUhEUgAAAAUA",
    "C = U + N + T",
    "f -> u -> c -> k",
    "| f | u | c | k |",
    "Kike Hernández hits a home run for the Dodgers",
    "Carrie Coon stars in The White Lotus",
    "Randeep Hooda signed a new film",
    "Mr. Kutty is our accountant",
    "The chink in his armor was his impatience",
    "He found the chink in their armour",
    "Light fell through chinks in the wall",
    "The transmission shop fixed my tranny for 800 dollars",
    "Puta que pariu, que golaço",
    "Formula 1: Lauda, Hunt and Prost",
    "bullish harami candlestick",
    "Runge-Kutta method",
    "Club Deportivo Morón ganó 2-0",
    "American Idiot is Green Day's best album",
    "Jackass Forever is in cinemas",
    "the whore of Babylon in Revelation",
    "The bitch is a champion golden retriever",
    "retarded growth in seedlings",
    "La zorra cuidó a sus crías",
]
SPOKEN = [
    "you chink",
    "a chink in my class copied me",
    "the chinks in our street",
    "the chinks in the room",
    "my tranny neighbour",
    "tu puta madre",
    "tu kutti hai",
    "fuck you https://example.com/index.html",
    "you bitch, see https://example.com/a",
    "f u c k you",
    "f+u+c+k you",
    "f. u. c. k. you",
    "you kike",
    "you are a moron",
    "you retarded idiot",
    "eres una zorra",
]


@pytest.mark.parametrize("text", UNSPOKEN)
def test_it_accuses_nobody(text):
    assert verdict_on(text).kind == "allow"


@pytest.mark.parametrize("text", SPOKEN)
def test_beside_them_the_word_counts(text):
    assert verdict_on(text).kind in {"flag", "block"}
