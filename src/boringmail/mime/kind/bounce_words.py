"""What mail servers say when a mail did not arrive: subjects, and how their texts begin.

One pattern a line, lower case.
"""

import re

from boringmail.mime.kind import phrases

# A tag that somebody else put in front, `[EXTERNAL]`, does not hide it; `Re:` and `Fwd:` are people's.
# Each beginning has one way to be read (no `\W` for a star, no star given back): stars cost nothing more.
SUBJECT = re.compile(
    r"(?:\*++(?:[^*]{0,40}\*++)?|\[[^\]]{0,40}\]|[^\w*]){0,10}"
    + phrases.any_of(r"""
undeliver
unable to deliver
un-?deliverable
non[- ]?delivery
not delivered
delivery status notif
delivery (?:report|notification|failure|failed|problem|error)
delivery (?:status|delayed|has failed|incomplete|unsuccessful|attempt)
failed (?:delivery|mail)
fail(?:ure|ed) (?:notice|notification|delivery|to deliver|mail)
failure$
returned (?:mail|to sender|e-?mail|message)
(?:mail|message|e-?mail) (?:delivery|failed|undeliver|returned)
(?:mail|message|e-?mail) (?:could not|not delivered|was not|status|system error)
(?:mail|message|e-?mail) (?:error|delayed|failure|you sent)
(?:mail|message|e-?mail) (?:bounce|rejected)
(?:mail|message|e-?mail) (?:blocked|refused|from .{0,60} (?:was )?(?:rejected|undeliver))
your (?:message|mail|e-?mail).{0,60}(?:not|undeliver|delayed|returned|rejected|failed|blocked)
warning: (?:could not send|message|\S{1,200} - user)
could ?n.t (?:be )?(?:send|deliver)
could not (?:be )?(?:send|deliver|sent)
error sending
rejected mail
bounce
message (?:could not|undeliver)
ndr:
nondeliverable
user unknown
mail ?box (?:full|over)
quota
mdaemon (?:notification|warning)
permanent delivery
(?:temporary|transient) delivery
delayed:
still being retried
banned
virus (?:found|warning|alert)
mail could not
considered unsolicited
unzustellbar
zustell
nicht zugestellt
fehler(?:hafte)? ?(?:bei|nachricht|mail|zustell)
mailzustellung
r.cksendung
ihre (?:nachricht|e-?mail)
die .{0,20}zustellung
unzustell
non remis
remise
[ée]chec
message non
non[- ]distribu
avis de non
courrier
votre message
retour de
no se (?:puede|pudo|ha podido)
no entregad
error (?:de|al|en) (?:entrega|env)
correo
devuelto
mensaje (?:no|devuelto)
notificaci.n de
fallo
impossibile
non recapitabile
mancat[ao]
recapito
consegna
mail non
messaggio non
n[aã]o (?:foi )?(?:poss|entreg)
falha
mensagem (?:n|devol)
devolu
notifica[cç][aã]o
onbestelbaar
niet (?:be|af)
kan niet
bezorg
mislukt
nie ?dostarcz
niedor
zwrot
nie mo
niepowodzenie
kunde inte
olever
kunne ikke
ikke levert
ulevert
kan ikke
toimitta
nelze doru
nedoru
doru[cč]
k[eé]zbes[ií]t
teslim
iletilem
недостав
не достав
сообщение не
ошибка
возврат
невозможно
не может быть
配信
配送
不達
戻り
退信
系统退信
退回
无法
未送达
投递失败
反송
반송
전송
""")
)

OPENING = re.compile(
    phrases.any_of(r"""
failed addresses follow
no valid recipients
unknown host
this is the qmail-send program
this is the (?:mail|postfix|mailer) ?(?:delivery )?(?:system|program|server|delivery|daemon)
this is the (?:mlmmj|courier|exim|[\w .-]{0,30}mail) ?(?:delivery )?(?:system|program)
this is the (?:mlmmj|courier|exim|[\w .-]{0,30}mail) ?(?:delivery )?(?:server|delivery|daemon)
mail delivery (?:software|system|agent|program)
delivery status notif
a message (?:that )?you (?:have )?sent
permanent (?:fatal )?(?:error|failure)
transient non-?fatal
fatal errors
the following (?:address|recipient|message|destination|user|error|e-?mail|mail|organi)
(?:could|can|did|was)(?: ?no|n['\u2019])t? (?:yet )?(?:be(?:en)? |reach |get )?(?:deliver|sent?\b)
(?:could|can|did|was)(?: ?not| ?n)t? (?:yet )?(?:be(?:en)? |reach |get )?(?:deliver|sent?\b)
(?:were|is|has|have)(?: ?no|n['\u2019])t? (?:yet )?(?:be(?:en)? |reach |get )?(?:deliver|sent?\b)
(?:were|is|has|have)(?: ?not| ?n)t? (?:yet )?(?:be(?:en)? |reach |get )?(?:deliver|sent?\b)
(?:could|can|did|was)(?: ?no|n['\u2019])t? (?:yet )?(?:be(?:en)? |reach |get )?send
(?:could|can|did|was)(?: ?no|n['\u2019])t? (?:yet )?(?:be(?:en)? |reach |get )?(?:process|accept)
(?:could|can|did|was)(?: ?not| ?n)t? (?:yet )?(?:be(?:en)? |reach |get )?(?:send|process|accept)
(?:were|is|has|have)(?: ?no|n['\u2019])t? (?:yet )?(?:be(?:en)? |reach |get )?send
(?:were|is|has|have)(?: ?no|n['\u2019])t? (?:yet )?(?:be(?:en)? |reach |get )?(?:process|accept)
(?:were|is|has|have)(?: ?not| ?n)t? (?:yet )?(?:be(?:en)? |reach |get )?(?:send|process|accept)
(?:could|can|did|was)(?: ?no|n['\u2019])t? (?:yet )?(?:be(?:en)? |reach |get )?(?:some|through)
(?:could|can|did|was)(?: ?not| ?n)t? (?:yet )?(?:be(?:en)? |reach |get )?(?:some|through)
(?:were|is|has|have)(?: ?no|n['\u2019])t? (?:yet )?(?:be(?:en)? |reach |get )?(?:some|through)
(?:were|is|has|have)(?: ?not| ?n)t? (?:yet )?(?:be(?:en)? |reach |get )?(?:some|through)
(?:could|can|did|was)(?: ?no|n['\u2019])t? (?:yet )?(?:be(?:en)? |reach |get )?forward
(?:could|can|did|was)(?: ?no|n['\u2019])t? (?:yet )?(?:be(?:en)? |reach |get )?(?:relay|transmit)
(?:could|can|did|was)(?: ?not| ?n)t? (?:yet )?(?:be(?:en)? |reach |get )?(?:forward|relay|transmit)
(?:were|is|has|have)(?: ?no|n['\u2019])t? (?:yet )?(?:be(?:en)? |reach |get )?forward
(?:were|is|has|have)(?: ?no|n['\u2019])t? (?:yet )?(?:be(?:en)? |reach |get )?(?:relay|transmit)
(?:were|is|has|have)(?: ?not| ?n)t? (?:yet )?(?:be(?:en)? |reach |get )?(?:forward|relay|transmit)
could not be (?:delivered|sent)
unable to (?:be )?(?:deliver|send|forward|relay|transmit|process)
wasn.t delivered
couldn.t be delivered
not (?:been )?delivered
undeliver
deliver(?:y|ing)? (?:of|to|has|attempt|fail|error|report)
deliver(?:y|ing)? (?:time|is delayed|incomplete|expired|unsuccess|problem|was)
failed (?:to deliver|permanently|recipient|delivery)
non-?delivery
bounced (?:mail|message|back)
returned (?:mail|message|to sender)
being returned
is returned
been returned
message returned
rejected (?:by|your|for|because|the|as)
was rejected
has been (?:rejected|blocked|delayed|refused|quarantined)
no such (?:user|mailbox|address)
user unknown
unknown user
unknown (?:recipient|address)
mailbox (?:is )?(?:full|unavailable|not found)
over ?quota
quota exceed
no mailbox
does(?: not|n.t) exist
will (?:be retried|continue|keep trying)
transcript of session
said: [45]\d\d
(?:reason|error|status|response|diagnostic)s?:? .{0,30}[45]\d\d
smtp error
remote (?:host|server|system|mail server) (?:said|returned|replied|response|respond)
[45]\d\d [45]\.\d+\.\d+
not (?:a )?(?:known|valid|found|listed)\b
message (?:delivery|expired|blocked|could)
has exceeded
problem (?:delivering|sending)
invalid (?:recipient|address|user|final)
nicht (?:zugestellt|zustell|ausgeliefert|erreicht|.bermittelt|gesendet|angenommen)
unzustellbar
zustellung
zur.ck(?:gesandt|gesendet|geschickt)
empf.nger (?:nicht|unbek)
n.a (?:pas )?(?:pu )?(?:[eê]tre|[eé]t[eé]) (?:remis|distribu|livr|envoy|achemin)
n.ont pas pu
non remis
[eé]chec
pas pu [eê]tre
no (?:se )?(?:pudo|ha podido|puede|fue|ha sido) .{0,20}(?:entreg|envi)
no (?:pudo|puede)\b
non (?:[eè] |.{0,20})(?:stato|possibile|recapit|consegn)
impossibile (?:recapit|consegn|inviare)
n[aã]o (?:p[oô]de|foi|pode|conseg).{0,20}(?:entreg|envi|ser)
falh[ao]
kon niet
niet (?:worden |.{0,20})(?:bezorg|afgelever|verzonden)
nie (?:mo[zż]|zosta|mog)
kunde inte
kunne ikke
kan ikke
ei voitu
nelze doru
nebyl[oa]? .{0,20}doru
nem (?:siker|k[eé]zbes)
iletilem
teslim
не (?:было |.{0,30})?(?:достав|отправл)
не удалось
невозможно
ошибка
не существует
配信できません
配送できません
届けられません
届きません
送信できません
宛先
退信
退回
无法(?:投递|送达|发送)
投递失败
未能送达
不存在
반송
전송
""")
)

ABOUT_DELAY = re.compile(
    phrases.any_of(r"""
delivery.{0,20}delayed
delayed (?:mail|delivery|:)
has been delayed
still (?:trying|being retried|in the queue|undelivered)
will (?:keep trying|be retried|continue to (?:try|be|attempt)|try again)
warning: (?:could not send|message).{0,60}(?:hours?|delay|minutes|still|past)
warning: (?:your message|delivery|mail).{0,60}(?:hours?|delay|minutes|still|past)
do not need to resend
not need to (?:re-?send|take any action)
this is a warning (?:message )?only
transient non-?fatal
delivery incomplete
verz.gert
en attente
retard
se ha retrasado
отложен
повторн
""")
)
