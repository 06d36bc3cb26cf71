"""Scams by kind, in several languages, and what people innocently say about the same things."""

import time

import pytest

from moderation.engine.detectors.scams import clues_in, scam_in
from moderation.engine.text.fold import fold
from tests.engine.judging import DEFAULT, found_in, words_in

SCAMS = {
    "a link without a scheme": [
        "Your Steam account is locked, log in at steam-trade.xyz",
        "Your PayPal account has been limited, verify at hxxp://paypa1-secure.xyz",
        "Your PayPal account has been limited, verify at paypa1-secure[.]xyz",
        "Your mailbox is blocked, confirm at mail-quota dot online",
        "your card was blocked, unlock it at bit.ly/3kQz",
        "Tu cuenta ha sido suspendida, ingresa en acceso-banco.es",
        "Sua conta foi bloqueada, acesse nu-seguro.com",
        "Votre compte est suspendu, confirmez sur banque-verif.fr",
        "Ihr Konto wurde gesperrt, klicken Sie sparkonto-login.de",
        "Il suo conto è stato bloccato, acceda su conto-sicuro.it",
        "get free robux now robuxhub.top",
        "Claim your airdrop today: token-drop.io",
    ],
    "a relative with a new number": [
        "Hi mum, my phone broke, this is my new number. Can you lend me 300?",
        "Hey dad! new number, please save it. I need money, it is urgent",
        "Hola papá, perdí el móvil, este es mi nuevo número, mándame 200 por bizum",
        "Mamá, este es mi número nuevo, escríbeme por WhatsApp",
        "Oi mãe, esse é meu novo número, faz um pix de 400 pra mim",
        "Coucou papa, voici mon nouveau numéro, peux-tu faire un virement de 900 ?",
        "Ciao papà, questo è il mio nuovo numero, scrivimi su whatsapp",
        "Ciao mamma, numero nuovo! mi serve un bonifico di 500 euro",
        "Liebe Oma, ich habe eine neue Nummer, es ist dringend",
    ],
    "a request for a secret": [
        "enter your recovery phrase to unlock the wallet",
        "DM me your private key and I will fix it",
        "what is the 6 digit code we just sent you?",
        "please confirm your card number and CVV",
        "what's your password?",
        "pásame el código que te llegó por sms",
        "me manda sua senha do banco",
        "envoie-moi ton mot de passe",
        "Schick mir deine PIN",
        "mandami il codice che ti è arrivato",
        "Wie lautet Ihre PIN?",
        "envíame tu contraseña",
    ],
    "a request in Roman Urdu": [
        "apna OTP bata do bhai",
        "OTP bhejo jaldi se",
        "aap ka account band ho gaya hai, card number aur pin batayein",
        "aap ka sim block ho jaye ga, is number par call karein",
        "apna easypaisa pin bhej dein",
        "BISP se aap ke 25000 aaye hain, rabta karein",
        "apna ATM pin send karein",
        "aapka KYC expire ho gaya hai, is link par update karein",
        "apna password share karo",
        "Benazir program se aap ko 12000 mile hain, call karein",
    ],
    "a held parcel, a debt, a strange access": [
        "Correos: su paquete está retenido, pague 1,79 €",
        "BBVA: hemos detectado un acceso no autorizado, ingrese en bbva-acceso.com",
        "Your parcel is on hold. Pay a fee of £1.99",
        "Votre colis est en attente, payez 2,99 € sur colis-frais.com",
        "Ihr Paket wartet: zahlen Sie 1,99 € Zollgebühr",
        "Sua encomenda foi taxada, pague em taxa-envio.com",
        "Il suo pacco è fermo in dogana, paghi 2,50 €",
        "DGT: tiene una multa, pague en dgt-pagos.info",
        "You have a pending refund, claim it here: tax-back.top",
        "We noticed suspicious activity on your account, verify at secure-bank.click",
    ],
    "a disguise": [
        "FR33 iPh0ne cl1ck http://win.top",
        "Y o u r account is s u s p e n d e d http://paypa1.xyz",
        "Your <b>acc</b>ount is sus<i></i>pended http://paypa1.xyz",
        "s-e-n-d me your p-a-s-s-w-o-r-d",
        "Your acc0unt is l0cked http://a.top",
        "en.ter your se.ed phr.ase",
        "Your &#97;ccount is locked http://a.top",
        "send me your [b]private[/b] key",
        "apna O.T.P bhej do",
    ],
}
INNOCENT = [
    # A link without a scheme
    "my website is johnsmith.dev",
    "the repo is at gitlab.com/me/tool, issues too",
    "20% off all shoes until Sunday, see ourshop.com",
    "the account was closed.so I opened another",
    "run install.sh and then open main.rs",
    "Your account is locked for 24 hours because of spam. See our rules at forum.example.org",
    "write to anna@shop-online.com about your locked account",
    "we use asp.net and java.io",
    # A relative
    "Hi mom, this is my new number, call me when you land",
    "Mom got a new number, message her on whatsapp",
    "Hey mum, can you send me 20 for lunch?",
    "hola mamá, ya llegué a casa",
    "coucou maman, je rentre tard ce soir",
    "mein Vater hat eine neue Nummer",
    "ciao mamma, ho un numero nuovo da oggi",
    "my dad changed his number, it is urgent",
    # A secret
    "Never share your seed phrase with anyone",
    "Support will never ask you to send us your password",
    "Enter the code we texted you on our login page",
    "Please enter your password to continue",
    "Enter your PIN at the terminal",
    "where do I enter my seed phrase?",
    "how do I export my private key?",
    "can you send me the wifi password?",
    "what is your password policy?",
    "what's your pin on the bowling team?",
    "send me a pin of where you are",
    "at checkout enter your card number and CVV",
    'this guy wrote "send me your seed phrase" and I reported him',
    'if someone says "send me your private key", block them',
    "send me your code, I'll review it",
    "nunca compartas tu contraseña con nadie",
    "gib niemandem dein Passwort",
    "ne donnez jamais votre mot de passe",
    "did you get the code I sent you?",
    # Roman Urdu
    "apna OTP kisi ko mat batayein",
    "apna pin kabhi share na karein",
    "mera card block ho gaya hai, kya karun?",
    "OTP nahi aa raha",
    "apna number bhej do",
    # A parcel, a debt
    "My parcel is on hold, should I pay the customs fee?",
    "your parcel is held at customs, you have to pay £12 to the driver",
    "el paquete está retenido en aduanas, ¿alguien sabe por qué?",
    "mein Paket liegt seit Tagen beim Zoll",
    "Your package could not be delivered today; we will try again tomorrow",
]


@pytest.mark.parametrize("text", [text for texts in SCAMS.values() for text in texts])
def test_a_scam_is_flagged(text):
    assert {"scam", "advertising"} & set(words_in(text))


@pytest.mark.parametrize("text", INNOCENT)
def test_the_same_words_said_innocently_are_not(text):
    assert not {"scam", "advertising"} & set(words_in(text))


def test_the_span_of_a_disguised_scam_is_one_of_the_text():
    text = "ok? s-e-n-d me your p-a-s-s-w-o-r-d"
    (match,) = found_in(text, DEFAULT).matches
    assert (match.start, match.end) == (4, len(text))


@pytest.mark.parametrize(
    "part",
    [
        "a.", "a-", "a.com", ".com ", "a dot com ", "[.]xyz ", "win.top", "send me your ",
        "hi mom ",
        "your account ", "what is your pin ", "apna otp ", "free iphone ", "detected ", "x",
    ],
)  # fmt: skip
def test_a_long_text_is_soon_read(part):
    view = fold("locked account " + part * (10_000 // len(part)))
    clues_in.cache_clear()
    start = time.thread_time()
    scam_in([view])
    assert time.thread_time() - start < 0.1
