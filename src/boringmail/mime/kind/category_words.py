"""What servers say when they do not take a mail, by category: one pattern a line, lower case.

The order matters, see `category`: what is our fault comes before what is the recipient's.
"""

TEXTS: tuple[tuple[str, str], ...] = (
    (
        "policy",
        r"""
resolver\.rst\.(?:authrequired|notauthorized)
""",
    ),
    (
        "authentication",
        r"""
\bspf\b
\bdkim\b(?!-signature)
\bdmarc\b
\barc\b.{0,20}fail
\bunauthenticated\b
(?:was |are |is )not authenticated
authentication (?:check|fail|required|results|invalid)
sender policy framework
\bbatv\b
domain authentication
purported responsible address
requires? (?:all )?senders? to auth
""",
    ),
    (
        "reputation",
        r"""
spamhaus
spamcop
barracudacentral
sorbs\.net
dnsbl
\brbl\b
cdrbl
black ?list(?!ed url)
\bblock[ -]?list
blocklisted
deny ?list
reputation
banned sending ip
bad sender ip
\bs31[45]0\b
\b[sd][cy]-00\d
\bts[s0]\d
your (?:ip|network|server|host|mail server|email server)\b.{0,60}(?:block|listed|banned)
your (?:ip|network|server|host|mail server|email server)\b.{0,60}(?:refus|reject|deni|not allowed)
\bips?\b.{0,40}(?:is |was |been )?(?:\bblock|\blisted|banned|bloqu)
(?:client host|sender ip|sending ip|ip source).{0,60}(?:reject|\bblock|\bbloqu|deni|refus)
dynamic (?:ip|host)
reverse dns
\bptr\b
\brdns\b
blocked (?:by (?!our (?:spam|bulk))|using|due|- see|for (?:abus|spam))
too many (?:spam|bad|unwanted)
not (?:currently )?accept(?:ing)? (?:mail|connections) from (?:your|this)
user complaints
cannot (?:find|resolve) your
ip name lookup failed
invalid ip for
mismatches client ip
open (?:proxy|relay)
go away
access from (?:your )?ip
""",
    ),
    (
        "rate_limited",
        r"""
rate.?limit
too many (?:connections|messages|recipients|sessions|emails|concurrent|errors|smtp)
throttl
slow(?:er| down)
frequency limited
unusual(?:ly)? (?:high )?(?:rate|volume)
at a rate that
exceeded?.{0,40}(?:per (?:hour|day|minute)|rate)
connection limit
(?:relay|sending) (?:limit|quota)
messages? per connection
trop de connexions
""",
    ),
    (
        "policy",
        r"""
sender.{0,60}(?:reject|refus|deni|\bblock|not (?:accept|allow|exist|found|verif|valid))
sender.{0,60}(?:invalid|unknown|does not|doesn.t|unroutable|verify failed)
(?:invalid|unroutable|bad|unknown) sender
mail from .{0,40}(?:reject|deni|not allow|invalid)
from: domain
google ?groups
groups\.google
relay(?:ing)? (?:not|access|denied|is|deni|prohib)
unable to relay
not permitted to relay
mail relay
members?[- ]only
moderat
closed (?:mailing )?list
starttls
(?:requires?|must issue|lack of) .{0,20}tls
helo
ehlo
address is not verified
not authori[sz]ed
delivery not auth
administrative(?:ly)? prohib
multiple addresses in from
(?:policy|polic(?:y|ies))\b
""",
    ),
    (
        "content",
        r"""
\bspam
unsolicited
\bvirus
malware
infected
phish
suspicious
because its content
content (?:reject|filter|not allow|deni|unaccept)
(?:rejected|blocked|banned|denied).{0,30}\bcontent\b
attachment.{0,40}(?:not allow|block|prohibit|illegal|reject)
(?:illegal|prohibited|banned|executable) (?:attachment|file|content)
bulk (?:e-?)?mail
\bjunk\b
message looks like
rfc ?5322
rfc ?2822
duplicate header
missing (?:from|date|message-id) header
malformed (?:header|address|mime|message)
invalid mime
(?:bad|invalid) header
header error
(?:message|mail) filtered
likely.{0,20}unwanted
blacklisted url
line limit
""",
    ),
    (
        "mailbox_full",
        r"""
over ?(?:disk )?quota
quota.{0,40}(?:exceed|full|reached|violat|temporar)
exceed.{0,40}(?:quota|storage)
out of (?:storage|space|disk)
mailbox.{0,30}(?:\bfull|exceed|size limit)
\bfull mailbox
(?:in|not )sufficient (?:system |disk )?(?:storage|space)
not enough (?:disk |storage |mailbox )?space
space not enough
no space left
storage (?:limit|allocation|exceed)
number of messages in recipient
postfach.{0,30}\bvoll
bo[iî]te.{0,30}pleine
buz[oó]n.{0,30}lleno
casella.{0,30}piena
caixa.{0,30}cheia
disk quota
mailfolder is full
user is over
has run out of
переполнен
容量
一杯
diskspace
has used up
""",
    ),
    (
        "too_large",
        r"""
(?:message|mail|size|attachment)\b.{0,40}too (?:large|big)
(?:message|mail|size|attachment)\b.{0,40}exceed.{0,30}(?:size|limit|maximum|fixed)
(?:exceeds|over).{0,30}(?:size|maximum).{0,10}(?:limit|message|allowed)
size limit exceeded
\btoo (?:large|big)\b
zu gro(?:ss|ß)
resolver\.rst\.(?:send|recip)sizelimit
trop volumineux
demasiado grande
""",
    ),
    (
        "mailbox_disabled",
        r"""
(?:account|mailbox|user|recipient|address|inbox)\b.{0,40}\b(?:disabled|suspended)\b
(?:account|mailbox|user|recipient|address|inbox)\b.{0,40}\b(?:inactive|deactivated|locked)\b
(?:account|mailbox|user|recipient|address|inbox)\b.{0,40}\b(?:frozen|closed|expired)\b
(?:account|mailbox|user|recipient|address|inbox)\b.{0,40}\bdiscontinued\b
(?:account|mailbox|user|recipient|address|inbox)\b.{0,40}\bterminated\b
(?:account|mailbox|user|recipient|address|inbox)\b.{0,40}\bno longer (?:in use|active|valid)\b
(?:account|mailbox|user)\b.{0,40}\bno longer (?:accepts?|available|exists?)\b
(?:recipient|address|inbox)\b.{0,40}\bno longer (?:accepts?|available|exists?)\b
\b(?:disabled|suspended|inactive|deactivated|expired) (?:account|mailbox|user|recipient)
\bhas moved
no longer (?:works|with|employed|accepts)
not accepting (?:any )?(?:mail|messages)
extended inactivity
has been replaced by
archived recipient
заблокирован
deaktiviert
stillgelegt
""",
    ),
    (
        "domain_unknown",
        r"""
(?:\bhost|\bdomain)(?: or domain name)? (?:name )?(?:is )?(?:not found|unknown)(?!.{0,20}try again)
(?:\bhost|\bdomain)(?: or domain name)? (?:name )?(?:is )?does not exist(?!.{0,20}try again)
(?:\bhost|\bdomain)(?: or domain name)? (?:name )?(?:is )?doesn.t exist(?!.{0,20}try again)
(?:unknown|invalid|no such) (?:host|domain)
nxdomain
\bnull ?mx\b
indicated no smtp
unrout(?:e)?able (?:mail )?(?:domain|address)
no mx\b
name or service not known
bad (?:domain|destination system)
domain (?:name )?(?:does not|not) (?:exist|found)
couldn.t find (?:any host|a mail exchanger)
doesn.t receive (?:mail|email)
can.?t find .{0,80}domain
domain.{0,20}\bdead
""",
    ),
    (
        "mailbox_unknown",
        r"""
\b(?:user|recipient|mailbox|address|account|person|userid)\b.{0,80}?(?:unknown|invalid|not exist)
\b(?:user|recipient|mailbox|address|account|person|userid)\b.{0,80}?not (?:a valid|a registered|be found)
\b(?:user|recipient|mailbox|address|account|person|alias)\b.{0,80}?not (?:found|known|listed|valid|local)
\b(?:user|recipient|mailbox|address|account|person)\b.{0,80}?not (?:present|recogni[sz]ed|in directory)
\b(?:user|recipient|mailbox|address|account|person)\b.{0,80}?(?:does ?n[o'\u2019]t|doesn.t) (?:exist|have)
\b(?:user|recipient|mailbox|address|account|person|alias)\b.{0,80}?could ?n[o'\u2019]t be found
(?:no such|unknown) (?:local |final delivery )?(?:user|recipients?|mailbox|address)
(?:invalid|nonexistent|non-existent) (?:local |final delivery )?(?:user|recipients?|mailbox|address)
(?:no such|unknown) (?:local |final delivery )?(?:account|person|alias|name|destination mailbox)
(?:invalid|nonexistent|non-existent) (?:local |final delivery )?(?:account|person)
(?:invalid|nonexistent|non-existent) (?:local |final delivery )?(?:alias|name|destination mailbox)
(?:unrecogni[sz]ed|not a valid) (?:local |final delivery )?(?:user|recipients?|mailbox|address)
(?:not a known|no valid|undefined) (?:local |final delivery )?(?:user|recipients?|mailbox|address)
(?:unrecogni[sz]ed|not a valid) (?:local |final delivery )?(?:account|person)
(?:unrecogni[sz]ed|not a valid) (?:local |final delivery )?(?:alias|name|destination mailbox)
(?:not a known|no valid|undefined) (?:local |final delivery )?(?:account|person)
(?:not a known|no valid|undefined) (?:local |final delivery )?(?:alias|name|destination mailbox)
no (?:mailbox|account|user|such address|one) .{0,40}(?:here|name|found|exist)
not our customer
not listed in
not a registered
(?:user|recipient|address|mailbox|account) .{0,60}does(?: not|n.t) exist
recipientnotfound
resolver\.adr
nosuchuser
access denied\. as\(201806281\)
unknown or illegal alias
addressee unknown
#5\.1\.0 address rejected
nicht (?:bekannt|gefunden|vorhanden)
existiert nicht
unbekannte?r? (?:empf|benutz|user)
n.existe pas
inconnue?\b
introuvable
no existe\b
desconocid
utente (?:sconosciuto|inesistente)
non esiste
sconosciut
n[aã]o existe
inexistente
onbekend
bestaat niet
nie istnieje
finns inte
ukjent
ukendt
bulunamad
не (?:существует|найден)
неизвест
нет такого
不存在
找不到
存在しません
見つかりません
宛先不明
user_unknown
userunknown
addresses? (?:were|was|is) unknown
mailbox (?:name )?(?:not allowed|unavailable)
""",
    ),
    (
        "infrastructure",
        r"""
timed? ?out
connection (?:refused|reset|lost|dropped)
lost connection
(?:network|host) (?:is )?(?:down|unreachable)
no route
loops? back
mail ?loop
too many hops
hop count
routing loop
loop(?:ing)? detected
message looping
local configuration
system (?:error|config)
server (?:error|misconfig)
internal (?:system |server )?error
unable to connect
couldn.t connect
delivery (?:time )?expired
message expired
retry time(?:out)? (?:not reached|exceeded)
have been failing
could not be delivered for
queue (?:too long|time)
dns (?:error|lookup|fail)
name (?:service|server) (?:error|fail)
could not find a gateway
bad gateway
no answer
not respond
certificate
tls (?:hand|negot|error)
not (?:accept our requests|accepting (?:connections|network))
unreachable
not reachable
service (?:currently |temporarily )?unavailable(?!.{0,40}client)
media error
mailer error
delivery failed \d+ attempts
giving up
expired
could not deliver for
multiple retries
""",
    ),
    (
        "transient",
        r"""
try again
temporar
greylist
grey-list
graylist
please retry
\blater\b
deferred
delayed
still trying
""",
    ),
    # Said of anything, the recipient included: ours, as long as no code says otherwise.
    (
        "refused",
        r"""
access denied
not allowed
prohibited
permission
restricted
unsubscribed
(?:recipient|address) .{0,20}rejected
refused
rejected
verweigert
abgelehnt
refus[eé]
rechazad
preferences
rejete
""",
    ),
)
