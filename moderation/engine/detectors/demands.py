"""Find requests to hand over a secret: a password, a PIN, a code by SMS, the words of a wallet.

Such a request is a scam by itself: nobody honest asks for these.
"""

import re

#: What begins a sentence or a part of one, so that the verb behind it is an order.
ORDER = r"(?:^|[.,:;!?\n\-] ?|\bplease |\bnow |\bjust )"
WALLET = r"(?:(?:12|24|twelve|wallet)[ \-](?:words? )?)?(?:seed|recovery|secret|backup) ?phrases?"
ENGLISH = (
    rf"(?:{WALLET}|private keys?|passwords?|passcode|pin(?: ?code| number)?|otp"
    r"|one[ \-]time (?:code|password|passcode|pin)|cvv|cvc|(?:verification|security|login) code"
    r"|(?:card|credit card|debit card|atm card) (?:number|details|info)|login|log ?in details"
    r"|credentials|ssn|social security number|mother'?s maiden name)\b"
)
CODE = (
    r"(?:(?:\d|four|five|six|eight)[ \-]?digits? (?:code|number|pin)"
    r"|(?:verification|confirmation|security|login|sms) code|otp)\b"
)
EXPRESSIONS = (
    # English
    (
        r"\b(?:send|give|tell|dm|pm|text|share|show|forward|message|msg|email)(?: with"
        r"| to)? (?:me|us)"
        rf" (?:both )?(?:your|ur) (?:[\w']+ ){{0,2}}{ENGLISH}"
        rf"|{ORDER}(?:send|dm|reply with|share|forward) (?:your|ur) (?:[\w']+ ){{0,2}}{ENGLISH}"
        rf"|\breply with (?:your|ur) (?:[\w']+ ){{0,2}}{ENGLISH}"
        rf"|{ORDER}(?:enter|type|submit|confirm|verify|provide|import|input|validate|fill)(?: in)?"
        rf" (?:your|ur|the) (?:{WALLET}|(?:wallet )?private keys?)\b"
        rf"|{ORDER}(?:enter|provide|submit|confirm|verify) (?:your |ur )?(?:full |credit |debit "
        rf"|bank |atm )*"
        r"card (?:number|details|no)\b.{0,15}\b(?:cvv|cvc|pin|otp)\b"
        r"|\bwhat(?:'?s| is) (?:your|ur) (?:(?:\w+ )?(?:password|pin(?: ?code| number)?|passcode"
        r"|card number)"
        rf"|otp|cvv|cvc|{WALLET}|private key|ssn|social security number|mother'?s maiden name)"
        r" ?(?:$|[?.!,\n]|(?:so|for (?:your|the) (?:account|bank|card))\b)"
        rf"|\bcan i (?:have|get|see|use) (?:your|ur) (?:[\w']+ ){{0,2}}{ENGLISH}"
        rf"|\b(?:can|could|would) (?:you|u) (?:please )?(?:share|confirm|provide) (?:your"
        rf"|ur) {ENGLISH}"
        r"|\b(?:what(?:'?s| is)|(?:tell|send|give|text|read|forward|dm) (?:me|us)) (?:the|that"
        r"|your|ur)"
        rf" {CODE}.{{0,30}}\b(?:sent|texted|got|received|get|came|arrived|send)\b"
        r"|\b(?:tell|send|give|text|read|forward|dm) (?:me|us) (?:the|that) code\b.{0,30}"
        r"\b(?:(?:on|to) your phone|by (?:sms|text|mistake|accident)|google (?:sent|texted)"
        r"|whatsapp sent)\b"
        r"|\bcode\b.{0,25}\bby (?:mistake|accident|error)\b.{0,30}\b(?:tell|send|give|read"
        r"|forward)\b"
    ),
    # Spanish
    (
        r"\b(?:(?:envia|manda|pasa|comparte|escribe|envie|mande)(?:me|nos)|dime|dame|digame|deme"
        r"|danos"
        r"|me (?:pasas|mandas|envias|dices|das)|(?:puedes|podrias) (?:pasar|mandar|enviar|decir"
        r"|dar)me)"
        r" (?:(?:tu|su) (?:contrase.a|clave|pin|cvv|codigo (?:de (?:verificacion|seguridad)|sms"
        r"|otp)"
        r"|frase (?:semilla|secreta|de recuperacion)|numero de (?:la )?tarjeta|usuario y (?:clave"
        r"|contrase.a))"
        r"|el codigo (?:de (?:\d|seis|cuatro|verificacion)|que (?:te|le|has|acaba)|del? sms)"
        r"|la (?:frase (?:semilla|secreta|de recuperacion)|clave privada))"
        rf"|{ORDER}(?:introduce|introduzca|ingresa|ingrese|escribe|escriba) (?:tu|su"
        rf"|la) (?:frase (?:semilla"
        r"|secreta|de recuperacion)|clave privada)"
        rf"|{ORDER}(?:introduce|introduzca|ingresa|ingrese|envie|confirme) (?:el |su "
        rf"|tu )?numero de (?:su |tu |la )?"
        r"tarjeta\b.{0,15}\b(?:cvv|pin|clave)\b|\bcual es (?:tu|su) (?:contrase.a|clave|pin|cvv)\b"
    ),
    # Portuguese
    (
        r"\b(?:(?:me )?(?:manda|mande|envia|envie|passa|passe|fala|fale|diz|diga|da)(?:[ \-]me| ai"
        r"| pra mim)?) "
        r"(?:(?:a |o )?(?:sua|seu|tua|teu) (?:senha|pin|cvv|codigo (?:de|do) (?:verificacao|sms"
        r"|seguranca|acesso)"
        r"|frase (?:semente|secreta|de recuperacao)|chave privada|numero do cartao)"
        r"|o codigo (?:que (?:chegou|recebeu|voce|vc|te|eu)|de (?:\d|seis|verificacao)|do sms))"
        rf"|{ORDER}(?:digite|insira|informe) (?:a |o )?(?:sua|seu) (?:frase (?:semente|secreta"
        rf"|de recuperacao)"
        r"|chave privada|numero do cartao e)|\bqual (?:e )?(?:a )?sua senha\b ?(?:$|[?!.,]|do )"
    ),
    # French
    (
        r"\b(?:envoie|envoyez|donne|donnez|dis|dites|passe|communique|communiquez|transmets"
        r"|transmettez)"
        r"(?:[ \-](?:moi|nous)) (?:(?:ton|ta|votre|tes|vos) (?:mot de passe|code (?:pin|secret"
        r"|de carte|de"
        r" verification|sms)|pin|cvv|cle privee|phrase (?:secrete|de recuperation)|numero de carte"
        r"|identifiants)"
        r"|le code (?:que (?:tu|vous|je)|recu|de verification|a (?:\d|six|quatre)|sms))"
        rf"|{ORDER}(?:saisissez|saisis|entrez|entre|renseignez) (?:ton|ta"
        rf"|votre) (?:phrase (?:secrete"
        rf"|de"
        r" recuperation)|cle privee|numero de carte et)"
        r"|\bquel est (?:ton|votre) (?:mot de passe|code (?:pin|secret))\b"
    ),
    # German
    (
        r"\b(?:(?:schicke?|sende?|gib|sage?|nenne?|verrate?)|(?:schicken|senden|geben|sagen"
        r"|nennen) sie)"
        r"(?: mir| uns)(?: bitte| mal| schnell| kurz){0,2} (?:(?:deine?n?|ihre?n?) (?:passwort"
        r"|kennwort|pin|tan|cvv"
        r"|(?:kredit)?kartennummer|zugangsdaten|seed ?phrase|wiederherstellungsphrase"
        r"|private[nr]? (?:key|schlussel))"
        r"|den (?:(?:\d|sechs|vier)[ \-]?stelligen (?:code|pin)|sms[ \-]?code|bestatigungscode))\b"
        rf"|{ORDER}(?:geben sie|gib) (?:deine?n?|ihre?n?) (?:seed ?phrase|wiederherstellungsphrase"
        rf"|private[nr]?"
        r" (?:key|schlussel)|kartennummer und)"
        r"|\b(?:wie (?:lautet|ist)|was ist) (?:deine?|ihre?) (?:passwort|kennwort|pin|tan"
        r"|kartennummer)\b"
    ),
    # Italian
    (
        r"\b(?:mandami|inviami|dammi|dimmi|passami|comunicami|scrivimi|mi (?:mandi|invii|dai|dici"
        r"|passi)"
        r"|mi (?:puoi|potresti) (?:mandare|inviare|dare|dire)|(?:mi )?(?:mandi|invii"
        r"|comunichi))(?: subito)? "
        r"(?:(?:la|il) (?:tu|su)[ao] (?:password|pin|codice (?:pin|otp|segreto|di sicurezza)|cvv"
        r"|chiave privata"
        r"|frase (?:seed|segreta|di recupero)|numero (?:di|della) carta)"
        r"|il codice (?:che (?:ti|le|hai|ha)|di (?:verifica|\d)|otp|a (?:\d|sei)|ricevuto|sms))"
        rf"|{ORDER}(?:inserisci|inserisca) (?:la tua |la sua |la )?(?:frase (?:seed|segreta"
        rf"|di recupero)"
        r"|chiave privata)|\bqual e (?:la (?:tua|sua) password|il (?:tuo|suo) pin)\b"
    ),
    # Roman Urdu and Hindi
    (
        r"\b(?:otp|pin(?: code| number)?|cvv|password|(?:card|atm) number|atm pin)\b.{0,20}"
        r"\b(?:bhej(?:o|ein|en|iye|iyega)?|bata(?:o|yein|en|in|ye|iye|yen)?|de do|dein|dijiye"
        r"|(?:share|send) kar(?:o|ein|en|iye| do| dein))\b"
    ),
)
#: Advice, reports of a scam, and secrets that people share: the name of a network, a room.
EXCUSE = re.compile(
    r"\b(?:never|nunca|jamas|jamais|niemals|niemand\w*|kabhi|mat|nahin?|kisi (?:ko|se)|nobody"
    r"|no one"
    r"|na (?:dein|den|bata\w*|bhej\w*|kar\w*|share))\b|\bmai (?:\w+ )?(?:la|il|le|i)\b"
    r"|\b(?:don'?t|do not|dont|won'?t|will not|cannot|can'?t|shouldn'?t|should not|not to|nao|ne"
    r"|non|nie|nicht)\b"
    r"|\bno (?:le |les |se )?(?:des|envies|compartas|mandes|digas|envie|comparta)\b"
    r"|\b(?:wi-?fi|wlan|router|hotspot|guest|zoom|meeting|shared|lobby|server|door|gate|location"
    r"|map|game)\b"
    r"|\b(?:policy|policies|manager|hint|generator|strength|field|checkout|payment page|phishing"
    r"|scammers?)\b"
    r"|\b(?:is|was|are|it'?s|its) (?:a |always )?(?:scam|fraud|fake)\b|\b(?:if|when|why|asked"
    r"|asks|asking|ask) "
    r"|\bin(?:to|side)? (?:the|your) (?:app|wallet|device|ledger|trezor|login page)\b"
    r"|\bi reported\b"
    r"|\bkeine?n?\b|\bpull request\b|\bssh\b|\bpublic key\b"
)  # fmt: skip
QUOTE = "\"'“”«»„`"
BEFORE, AFTER = 60, 40


def is_excused(text: str, start: int, end: int) -> bool:
    """Say whether a request is quoted, or stands in advice about requests like it."""
    if EXCUSE.search(text, max(0, start - BEFORE), end + AFTER):
        return True
    # A request in quotation marks is somebody else's, if other words introduce it.
    return start > 1 and text[start - 1 : start] in QUOTE and text[: start - 1].strip() != ""
