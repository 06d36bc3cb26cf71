"""Talk with a word that spam uses, too, is no spam; an offer with a way to answer is."""

import pytest

from tests.engine.judging import verdict_on

TALK = [
    "Check out the docs",
    "check out this repo https://github.com/a/b",
    "you should check out Rust",
    "Check out my PR",
    "please share your code",
    "How do I subscribe to this topic?",
    "How to unsubscribe?",
    "The premium plan works for me, check out the docs",
    "Is there a free trial? Where do I sign up?",
    "I get paid on Friday, the bonus comes later",
    "Text me when you are free tonight",
    "Dating is hard. Text me anytime if you need to talk, mate",
    "The dress is made to order now",
    "Linux es gratis, haz clic en Descargar",
    "Muft ka khana tha, telegram pe photo bheji hai",
    "My page does not load when I click on the button",
    "My game crashes when I click on New Game",
    "my stuff is in the car, hurry",
    "Send me the details of the party, urgent!",
    "Your account is active now, welcome! https://forum.example.org/start",
    'Scammers say "hi mum, new number, send money". Be careful',
    "https://t.me/durov",
    "@types/node, @mui/material, @babel/core, @vue/cli, @angular/core, @nestjs/core",
    "Use `@param`, `@return`, `@throws`, `@see`, `@since`, `@deprecated` in Javadoc",
    "✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ all passed",
    "⬛🟨⬛⬛⬛\n⬛🟩🟨⬛⬛\n🟩🟩⬛🟩🟩\n🟩🟩🟩🟩🟩",
    "♜♞♝♛♚♝♞♜\n♟♟♟♟♟♟♟♟",
]
SPAM = [
    "check out my new channel, subscribe please",
    "Gana 500 euros al día desde casa, sin experiencia, escríbeme por WhatsApp",
    "Ghar baithe rozana 5000 kamayein, koi investment nahi, WhatsApp karein",
    "Need people for remote work, income from $800 per week, write + in PM",
    "Invest $200 and earn $2000 in 24 hours, guaranteed",
    "Buy verified PayPal accounts, dumps and CVV fresh, telegram @ccshop",
    "Order Xanax, Adderall without prescription, discreet shipping, telegram @pharma",
    "Hack any Instagram account, DM @hackerpro on Telegram",
    "Try this fix: https://www.mediafire.com/file/xyz/fix.zip password: changeme",
    "Thanks to Mrs Anna for recovering my account, reach her on Instagram @anna_recover",
    "your account is suspended, verify your password at http://x.example",
    "😀😀😀😀😀😀😀😀😀😀😀",
    "@a @b @c @d @e @f",
]


@pytest.mark.parametrize("text", TALK)
def test_talk_is_no_spam(text):
    assert verdict_on(text).kind in {"allow", "warn"}


@pytest.mark.parametrize("text", SPAM)
def test_an_offer_is(text):
    verdict = verdict_on(text)
    assert (verdict.kind, verdict.reasons[0]) == ("flag", "spam")
