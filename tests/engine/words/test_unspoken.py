"""Words that nobody speaks: names of parts of a program in the summaries of changes."""

import pytest

from tests.engine.judging import verdict_on, words_in


@pytest.mark.parametrize(
    "text",
    [
        "fix ass loader",
        "Fix ass parser crash",
        "feat(ass): parse styles",
        "fix crash in ass demuxer",
        "lavf/assdec: fix ass timestamps",
        "docs: explain ass subtitles",
        "remove ass decoder",
        "test: cover lun mapping",
        "refactor cum helper",
        "rename cum to total",
        "Merge branch 'ass-loader'",
        'git commit -m "fix ass loader"',
    ],
)
def test_a_part_of_a_program_is_called_anything(text):
    assert words_in(text) == []
    assert verdict_on(text).kind == "allow"


@pytest.mark.parametrize(
    "text",
    [
        "fix your ass loader, idiot",
        "fix this shit",
        "your code is shit",
        "remove this idiot",
        "kick his ass, loader",
        "fix: you are an asshole",
        "add more bitches",
        "remove the nigger table",
        "fix ass",
        "drop the whore queue",
    ],
)
def test_the_summary_of_a_change_hides_no_insult(text):
    assert words_in(text)
    assert verdict_on(text).kind != "allow"


@pytest.mark.parametrize(
    "text",
    [
        "Die Fahrt nach Fucking in Österreich dauert drei Stunden",
        "Wir fahren am Sonntag nach Wank in Bayern",
        "Meine Tante wohnt in Fucking",
        "Mañana voy a Chutia en tren",
        "My nan is from Paki Hills road",
        "Phuket and Fucking are places I have visited",
        "Bastard is a British TV series about a lawyer",
        "Bitch is an American punk band from Ohio",
        "Asshole is the third album of the singer",
        "Shit was an underground comic in the seventies",
    ],
)
def test_places_and_titles_of_one_word_are_names(text):
    assert verdict_on(text).kind == "allow"


@pytest.mark.parametrize(
    "text",
    [
        "go to hell, bitch",
        "Bitch is all you are in this game",
        "you are a Paki from the hills",
        "I am going to Fucking kill them",
        "Faggots are places of shame",
        "Bitch is a whore",
        "Asshole is my boss",
    ],
)
def test_what_only_begins_like_a_name_is_judged(text):
    assert verdict_on(text).kind.rank >= 1
