"""Links whose host imitates a well-known site."""

import pytest

from tests.engine.judging import verdict_on

IMITATED = [
    "check steamcommunlty.com/gift",
    "https://steamcomunnity.ru/trade/new",
    "free nitro at dlscord.gift/abc",
    "discrod.com/nitro",
    "paypa1-help.net",
    "log in at rnicrosoft.com",
    "http://faceb00k.com/login",
    "www.lnstagram.com/badge",
    "steam-community.com/tradeoffer",
    "robiox.com/promo",
    "metarnask.io",
    "coinbse.com",
    "account.netfllx.com",
]
HARMLESS = [
    "https://steamcommunity.com/id/me",
    "discord.gg/abc and discordapp.com",
    "I use discord.js and discord.py",
    "discord.com/channels/1",
    "is steamcommunlty.com a scam?",
    "don't click steamcommunlty.com, it is phishing",
    "googleapis.com, amazonas.com, appel.com",
    "telegram.me/x",
    "microsoft.github.io",
    "orange.com and apples.com",
    "I misspelt discrod. Then it worked.",
]


@pytest.mark.parametrize("text", IMITATED)
def test_an_imitation_is_flagged_as_spam(text):
    verdict = verdict_on(text)
    assert (verdict.kind, "spam" in verdict.reasons, verdict.is_toxic) == ("flag", True, False)


@pytest.mark.parametrize("text", HARMLESS)
def test_the_site_itself_and_others_pass(text):
    assert verdict_on(text).kind == "allow"
