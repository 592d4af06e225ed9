"""Subjects of automatic answers, in the languages of the programs that write them: one pattern a line."""

import re

from boringmail.mime.kind import phrases

BEGINNING = re.compile(
    r"\W{0,3}"
    + phrases.any_of(r"""
auto(?:matic|mated|matische|matisk|matisches|maattinen)?[- ]?(?:re(?:ply|sponse|sponder)|antwort)\b
auto(?:matic|mated|matische|matisk|matisches|maattinen)?[- ]?(?:svar|antwoord|vastaus)\b
auto:
autom[aá]ti(?:c|k)
vacation\b
out[- ]of[- ](?:the )?office
ooo\b
ooto\b
abwesen
abwesenheits
automatische\b
automatisk\b
nicht im (?:b.ro|haus)
au(?:ss|ß)er haus
urlaub
r[eé]ponse automatique
absen(?:ce|t|za|cia)
message d.absence
respuesta autom
fuera de (?:la )?oficina
contestaci.n autom
risposta automatica
fuori (?:sede|ufficio)
assenza
resposta autom
fora do escrit
aus[eê]ncia
afwezig
niet aanwezig
autosvar
frånvaro
fr.nvaro
frav.r
poissa
autom(?:aattinen|atická|atyczna)
odpowied. automat
nieobecno
automatick
automatikus
t.voll.t
otomatik
автоответ
автоматический ответ
отсутств
нет в офисе
自動(?:返信|応答)
不在
自动(?:回复|答复)
外出
자동 ?(?:회신|응답)
αυτ.ματη
away from
i am (?:away|out)
thank you for (?:your|contacting)
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
