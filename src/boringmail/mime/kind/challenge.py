"""Challenges: a filter at the other end wants a click or an answer before it lets our mail through."""

import re

from boringmail.mime.kind import notice, phrases
from boringmail.mime.kind.origin import Origin
from boringmail.mime.part import Tree

_FIELDS = (
    "x-tmda-confirm",
    "x-ask-auth",
    "x-boxbe-challenge",
    "x-challenge-response",
    "x-qconfirm",
)
_SENDERS = re.compile(
    r"[^@]{1,128}@(?:[a-z0-9.-]{1,128}\.)?(?:(?:spamarrest|boxbe|bluebottle|mailinblack|sendio|vanquish|spamlion)"
    r"\.com|(?:choicemail|digiportal|cashette)\.com|knowspam\.net|antispam\.uol\.com\.br)"
)
_SUBJECT = re.compile(
    r"(?:re: ?|\[[^\]]{0,40}\] ?|your (?:message|mail).{0,60}: ?){0,5}"
    + phrases.any_of(r"""
please (?:confirm|verify|authenticate) (?:your|that you|this|the|you are)
confirm(?:ation)? (?:your|of your|required|needed).{0,20}(?:mail|message|delivery|sender|address)
(?:message|mail|e-?mail|sender) (?:verification|confirmation|authori[sz]ation|authentication)\b
verify your (?:message|e-?mail)\b
action required to deliver
your (?:e-?mail|message).{0,40}(?:requires|awaiting|needs) (?:verif|confirm|approv|authori)
antispam uol
confirma[cç][aã]o.{0,30}(?:antispam|mensagem)
bitte best.tigen sie (?:ihre|den) (?:nachricht|versand|e-?mail)
confirmez (?:votre|l.envoi)
demande d.authentification
"""),
    re.IGNORECASE,
)
# Without one of these words a "please confirm your e-mail" is a registration, which a person should see.
_BODY = re.compile(
    phrases.any_of(r"""
approved? senders?
allowed senders?
white-?list
confirm(?:ing)? (?:that )?(?:your message|you (?:sent|are))
deliver(?:ed|y)? (?:of )?your (?:original )?(?:message|mail|e-?mail)
your (?:message|mail|e-?mail).{0,60}(?:held|pending)
your (?:message|mail|e-?mail).{0,60}(?:waiting|not yet been delivered|will be delivered)
zugestellt
sera remis
ser[aá] entregue
"""),
    re.IGNORECASE,
)


def read(tree: Tree, origin: Origin) -> dict[str, object] | None:
    """The (empty) details of one: a known system's field or address, or its words in a machine's mail."""
    if any(tree.fields.raw(name) for name in _FIELDS):
        return {}
    if origin.null_sender and _SENDERS.fullmatch(origin.address):
        return {}
    submitted = tree.fields.raw("auto-submitted").strip().lower()
    automatic = origin.null_sender or submitted.startswith(("auto-replied", "auto-generated"))
    if not automatic or not _SUBJECT.match(tree.fields.value("subject")[:300]):
        return None
    words = " ".join(notice.lines(tree)[:60])[:6_000]
    return {} if _BODY.search(words) else None
