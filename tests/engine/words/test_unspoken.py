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
