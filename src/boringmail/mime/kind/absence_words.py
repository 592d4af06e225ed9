"""Subjects of automatic answers, in the languages of the programs that write them: one pattern a line."""

import re

from boringmail.mime.kind import phrases

# What a person writes about such a mail, or sends on; behind the tags of lists.
ANSWERED = re.compile(r"(?:\[[^\]]{0,60}\]\s*)*(?:re|aw|sv|vs|antw|fwd?|wg|tr|rv|enc|odp|pd)\s*:")

BEGINNING = re.compile(
    r"\W{0,3}"
    + phrases.any_of(r"""
auto(?:matic|mated|matische|matisk|maattinen)?[- ]?(?:re(?:ply|sponse|sponder)|antwort)\b
auto(?:matic|mated|matische|matisk|maattinen)?[- ]?(?:svar|antwoord|vastaus)\b
automati(?:c|sche?|sches|sk|skt) (?:reply|response|answer|e-?mail|antwort|antwoord|svar)
auto:
out[- ]of[- ](?:the )?office(?:$|:|\W{0,3}(?:auto|reply|response|message|noti|until|from|till)|,? back)
abwesenheits?(?:notiz|mitteilung|assistent|nachricht|meldung|benachrichtigung)
nicht im (?:b.ro|haus)
au(?:ss|ß)er haus
r[eé]ponse automatique
message d.absence
respuesta autom
fuera de (?:la )?oficina
contestaci.n autom
risposta automatica
fuori (?:sede|ufficio)
resposta autom
fora do escrit
niet aanwezig
odpowied. automat
automatick. odpov
automatikus v.lasz
t.voll.t
otomatik yan.t
автоответ
автоматический ответ
нет в офисе
自動(?:返信|応答)
自动(?:回复|答复)
자동 ?(?:회신|응답)
αυτ.ματη απ.ντηση
away from (?:my|the) (?:desk|office|mail)
i am (?:away|out of)
(?:vacation|holiday|away|ooo|ooto|absen(?:ce|t|za|cia))\s*(?:$|:|notice|message|reply|until|from|du\b|dal\b)
(?:urlaub|ferien|abwesen(?:d|heit)|afwezig|assenza|aus[eê]ncia)\s*(?:$|:|bis|vom|bis\b|van\b|dal\b|de\b)
(?:fr.nvaro|frav.r|poissa|nieobecno..?|отсутств\w{0,4}|不在|外出)\s*(?:$|:|\uff1a)
""")
)

ANYWHERE = re.compile(
    phrases.any_of(r"""
\bis (?:currently )?(?:out of (?:the )?office|on (?:vacation|leave|holiday)|away)
ist (?:nicht im|au(?:ss|ß)er|im urlaub|abwesend)
est absente?\b
\(out of office\)
est[aá] (?:fuera|ausente)
""")
)
