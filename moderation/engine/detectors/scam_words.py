"""What scams say beyond the clues of scams.py: kinds of clues, with an expression of RE2 for each.

Each reads folded text: small letters without accents, but with "ñ".
"""

OWN = r"\b(?:your|ur|tu|su|seu|sua|votre|ton|ta|ihre?|deine?|tuo|suo|tua|aap ?k[aie])\b"
#: New names of kinds stand in pairs in scams.py; the others add to a kind there.
FURTHER_CLUES = (
    (
        "account",
        (
            rf"{OWN}.{{0,25}}\b(?:cuenta|conta|tarjeta|cartao|conto|compte|konto|karte|carte"
            rf"|carta|acc"
            r"|acct|account|page|icloud)\b.{0,30}\b(?:bloquead[ao]|suspendid[ao]|limitad[ao]"
            r"|suspens[ao]"
            r"|cancelad[ao]|desativad[ao]|eliminada|sospes[oa]|bloccat[oa]|limitat[oa]|suspendue?"
            r"|bloquee?"
            r"|limitee?|desactivee?|gesperrt|eingeschrankt|deaktiviert|suspended|locked|at risk"
            r"|deleted"
            r"|terminated)\b"
            r"|\baap ?k[aie]\b.{0,25}\b(?:account|card|kyc|sim|connection)\b.{0,20}\b(?:block|band"
            r"|expire"
            r"|suspend)\b"
            r"|\b(?:detected|noticed|detectado|detectamos|rilevato|detecte|festgestellt)\b.{0,40}"
            r"\b(?:no autorizad[oa]|nao autorizad[oa]|non autoris[ea]e?|non autorizzat[oa]"
            r"|sospechos[oa]"
            r"|suspeit[oa]|inusual|incomum|suspecte?|inhabituelle?|sospett[oa]|unauthori[sz]ed"
            r"|suspicious"
            r"|unbefugte\w*|verdachtige\w*|ungewohnliche\w*|from a new device)\b"
            r"|\b(?:verdachtige|ungewohnliche|unbefugte)\w* (?:\w+ )?festgestellt\b"
            r"|\b(?:account|page) (?:suspended|locked)!"
        ),
    ),
    (
        "parcel",
        (
            r"\b(?:parcel|package|shipment|paquete|envio|encomenda|colis|paket|sendung|pacco"
            r"|pacchetto)\b"
            r".{0,40}\b(?:held|on hold|retenid[oa]|detenid[oa]|retid[ao]|taxad[ao]|parad[ao]"
            r"|pendiente"
            r"|en attente|bloque|retenu|zuruckgehalten|liegt bereit|wartet|trattenuto|bloccato"
            r"|in giacenza|fermo)\b"
            r"|\b(?:fedex|dhl|ups|usps|evri|hermes|royal mail|correos|correios|dpd|gls|la ?poste"
            r"|poste"
            r" italiane)\b.{0,40}\b(?:failed|missed you|rebook|reschedule)\b"
        ),
    ),
    (
        "fee",
        (
            r"(?:^|[.,:;!\n\-] ?)(?:please |por favor,? |bitte )?(?:pay|pague|paga|paghi|payez"
            r"|zahlen sie|zahle|bezahlen sie)\b.{0,30}(?:[€$£]|\b(?:eur|euros?|fee|tasas?|taxas?"
            r"|frais"
            r"|gebuhr|zollgebuhr|zoll|spese|dogana)\b|\d[.,]\d\d)"
        ),
    ),
    (
        "debt",
        (
            r"\b(?:multa|devolucion|reembolso|refund|toll|amende|bussgeld|rimborso|invoice"
            r"|restituicao"
            r"|payment|remboursement|steuererstattung|traffic ticket)\b.{0,30}\b(?:pay|claim|pague"
            r"|acceda|accede"
            r"|payez|reglez|zahlen|beantragen|paghi|richieda|reclame|solicite|resgate|update)\b"
            r".{0,25}\b(?:at|en|sur|auf|su|em|on|aqui|here|ici|hier|qui|unter|billing)\b"
        ),
    ),
    (
        "kin",
        (
            r"(?:(?:^|[.!\n] ?)(?:mom|mum|mam|dad|mama|mami|papa|maman|mamma|mae|pai|mutti|oma|opa"
            r"|nonna"
            r"|abuela|grandma) ?[,!.:]|\b(?:hi|hey|hello|hiya|hallo|hola|oi|ola|coucou|salut"
            r"|bonjour"
            r"|ciao|dear|liebe)\b,? (?:mom|mum|mam|mummy|mommy|dad|daddy|mama|mami|papa|papi|maman"
            r"|mamma|mae|pai"
            r"|mutti|oma|opa|nonna|abuela|grandma|papai|mamae)\b)"
            r".{0,120}\b(?:new (?:phone )?number|nuevo numero|numero nuevo|novo numero|numero novo"
            r"|nouveau numero|neue (?:handy)?nummer|nuovo numero|numero nuovo)\b"
        ),
    ),
    (
        "plea",
        (
            r"\b(?:send|lend|transfer|wire|need|pay)\b.{0,30}(?:\b\d{2,}\b|\bmoney\b|\bcash\b"
            r"|[£$€])"
            r"|\b(?:urgent|urgently|urgente|urgentemente|dringend|whatsapp|paypal|bizum|pix)\b"
            r"|\b(?:transferir|transfiere\w*|mandar\w*|envia\w*|manda\w*|virement|virer|envoyer"
            r"|envoie"
            r"|uberweis\w*|schicken|bonifico|inviar\w*|mandarmi|prestar\w*|preter)\b.{0,30}"
            r"(?:\b\d{2,}\b|\b(?:dinero|dinheiro|argent|geld|soldi)\b|[£$€])"
        ),
    ),
    (
        "bait",
        (
            r"\bfree (?:[\w$]+ ){0,2}(?:iphone|gift ?cards?|followers?|robux|v-?bucks|skins?|nitro"
            r"|spins?"
            r"|bitcoin|crypto|nft)\b|\b(?:you|u)(?:'ve| have)? (?:just )?won (?:a|an|the|our"
            r"|[£$€]|\d)"
            r"|\bclaim (?:your|ur|here|now)\b|\bairdrop\b|\bconnect (?:your )?wallet\b"
            r"|\b(?:seguidores|pavos|diamantes|robux|monedas) gratis\b"
            r"|\b(?:ganaste|has ganado|ha ganado|ganhou|voce ganhou|avez gagne|as gagne"
            r"|haben gewonnen|hast"
            r" gewonnen|hai vinto|ha vinto)\b.{0,25}\b(?:iphone|premio|sorteo|sorteio|gewinn|preis"
            r"|gutschein|cadeau|bon|buono|vale|[€$£]|\d+)|\bhaben gewonnen\b"
        ),
    ),
    (
        "press",
        (
            r"\b(?:haz clic|clique|clica|cliquez|clique[sz]?|klicken sie|klick|clicca|premi|entra"
            r"|toca"
            r"|pulsa|appuyez|acesse)\b.{0,12}\b(?:aqui|ici|hier|qui|link|enlace|lien)\b"
            r"|\bclaim here\b"
        ),
    ),
    (
        "prize",
        (
            r"\b(?:bisp|benazir|ehsaas|8171|jeeto pakistan|lottery|inaam|qura ?andazi|kbc)\b.{0,40}"
            r"\b(?:aaye|aye|mile|nikl[aie]|jeet\w*|lag[aie])\b"
        ),
    ),
    (
        "ring",
        (
            r"\b(?:rabta|call|whatsapp|click) kar(?:ein|en|o|iye)\b|\b(?:cnic"
            r"|shanakhti card)\b.{0,20}"
            r"\b(?:bhej\w*|bata\w*)\b|\bis (?:link|number) par\b"
        ),
    ),
    ("code", r"\b(?:txt|text|send|reply|sms) (?:\w+ ){1,3}(?:to|2|at) \d{4,}"),
    (
        "job",
        (
            r"\b(?:earn|earning|make|making|income|paying|gana|ganar|ganhe|ganha|gagnez"
            r"|verdienen?|kazan|dapat)\b.{0,30}(?:[$€£] ?\d|\d{3,} ?(?:[$€£]"
            r"|\b)).{0,25}(?:\b(?:per|a|al|por|par|pro"
            r"|each|every) (?:day|week|month|hour|dia|semana|mes|jour|tag|hari)\b|\bdaily\b"
            r"|\bweekly\b|\bsemanales\b|/day\b)"
            r"|\bghar baith[ei]\b.{0,30}(?:\d{3,}|\bpaise\b)|\b(?:roz|rozana|daily) (?:ke )?\d{3,}"
            r"|\b(?:online|part[ -]?time) (?:job|earning|kaam)\b.{0,60}\d{3,}"
            r"|\b(?:trabajo|trabaja|trabalho|trabalhando) (?:desde|em|de) casa\b"
            r"|\b(?:instant|personal) loans?\b|\bi give loans\b"
            r"|\b(?:slot gacor|maxwin)\b|\bregistration fee\b.{0,20}\d"
        ),
    ),
    (
        "profit",
        (
            r"\b(?:invest|investing|send|deposit|invierte|lagao|lagaen|trade me)\b.{0,20}\d.{0,40}"
            r"\b(?:earn|get|gana|ganar|receive|returns?|pao|payen|back)\b.{0,20}\d"
            r"|\bpaisa double\b|\b(?:made|earned|make)\b.{0,10}[$€£] ?\d[\d,.]*k?\b.{0,40}"
            r"\b(?:trading|crypto|forex|invest\w*)\b|\breturns? \d{2,}% (?:daily|weekly|monthly)\b"
            r"|\brecover(?:ed|y|ing)?\b.{0,40}\b(?:accounts?|funds|bitcoins?|crypto|money)\b"
        ),
    ),
    (
        "hurried",
        (
            r"\bguaranteed\b|\bgarantizad[oa]\b|\b(?:24|48|72) (?:hours|horas)\b|\blegit\b"
            r"|\bno risk\b|\b100% (?:safe|real|sure)\b"
        ),
    ),
    (
        "goods",
        (
            r"\b(?:fullz|cvvs?|dumps with pin|carding|cloned cards?|counterfeit (?:money|notes"
            r"|bills))\b"
            r"|\bfake (?:passports?|ids?|licen[cs]es?|diplomas?)\b|\bwithout (?:a )?prescription\b"
            r"|\bno prescription\b|\bhack any (?:instagram|account|phone|whatsapp|facebook)\b"
            r"|\b(?:buy|sell|selling|cheap) (?:\w+ ){0,3}(?:followers|likes|netflix accounts?"
            r"|paypal"
            r" accounts?|viagra|cialis|xanax|adderall|weed|mdma|replica|aimbot|wallhack)\b"
            r"|\breplica watches\b"
        ),
    ),
    ("cheap", r"\bcheap\b|\bworldwide\b|\bdiscreet\b|\bundetect\w+"),
    (
        "reach",
        (
            r"\b(?:whats ?app|telegram|wickr|inbox|skype|signal|snapchat)\b|\bt\.me/|\bwa\.me/"
            r"|\b(?:dm|pm|message|msg|text|contact|reach|write) (?:me|us|him|her|mr|mrs|to me|in)\b"
            r"|\bin (?:pm|dm|private)\b|\bescrib[ei]me\b|\bcontactez\b|\bchama no zap\b|\bhubungi\b"
            r"|\bal privado\b|\bregistration fee\b|\bdaftar sekarang\b"
        ),
    ),
    (
        "fix",
        (
            r"\b(?:fix|patch|download|installer?)\b.{0,80}(?:mediafire|mega\.nz|bit\.ly|tinyurl"
            r"|\.zip\b|\.exe\b)"
            r"|(?:mediafire|mega\.nz|bit\.ly|tinyurl).{0,80}\b(?:download|installer?|run)\b"
        ),
    ),
    ("unlock", r"\b(?:password|pass|pw)\b ?:? ?\w+"),
)
