"""Signs that a mail goes in circles, or that a robot wrote it, which will answer an answer (RFC 3834).

No sign decides anything: people's mail has each of them now and then. They are for an application that is
about to answer on its own.
"""

import re
from collections.abc import Sequence

from boringmail.mime import address, parameter
from boringmail.mime.header import Fields

# Received lines. Postfix gives up at 50 (`hopcount_limit`); forwarded twice, mail has some 15.
HOPS_LIMIT = 25
COUNT_LIMIT = 1_000
SIGNS = (
    "auto_submitted",
    "null_sender",
    "precedence_bulk",
    "x_loop",
    "own_hop",
    "list",
    "from_self",
    "many_hops",
)
# Those that a person's mail has hardly ever: what has one counts as automatic in its thread.
_AUTOMATIC_SIGNS = frozenset({"auto_submitted", "null_sender", "precedence_bulk", "x_loop", "own_hop"})
_AUTOMATIC_KINDS = frozenset({"auto_reply", "bounce", "complaint", "challenge"})
_PRECEDENCES = {"bulk", "junk", "auto_reply", "auto-reply"}
_LIST_FIELDS = ("list-id", "list-post", "list-unsubscribe", "mailing-list", "x-mailing-list")
_LENGTH_LIMIT = 2_000
_BY = re.compile(r"\bby ([A-Za-z0-9.-]{1,255})", re.IGNORECASE)


def signs(fields: Fields, envelope_sender: str | None, *, mail_domain: str) -> list[str]:
    """The names of the signs, out of SIGNS in that order.

    The first Received line is our own: it counts for nothing, but says by which name we write ours.
    """
    found = {
        "auto_submitted": parameter.parse(fields.raw("auto-submitted"))[0] not in {"", "no"},
        "null_sender": envelope_sender == "",
        "precedence_bulk": fields.value("precedence").lower() in _PRECEDENCES,
        "x_loop": bool(fields.raw("x-loop"))
        or _ours(fields.raw("x-ms-exchange-inbox-rules-loop"), mail_domain),
        "own_hop": _been_here(fields, mail_domain),
        "list": any(fields.raw(name) for name in _LIST_FIELDS)
        or fields.value("precedence").lower() == "list",
        "from_self": any(
            _ours(sender.address, mail_domain) for sender in address.parse(fields.raw("from"))[:10]
        ),
        "many_hops": hops(fields) > HOPS_LIMIT,
    }
    return [name for name in SIGNS if found[name]]


def hops(fields: Fields) -> int:
    """The number of Received lines, our own among them; at most COUNT_LIMIT."""
    return len(_received(fields))


def is_automatic(kind: str, found: list[str]) -> bool:
    """Whether the mail counts as automatic, by its kind or by a sign."""
    return kind in _AUTOMATIC_KINDS or not _AUTOMATIC_SIGNS.isdisjoint(found)


def _received(fields: Fields) -> Sequence[str]:
    return fields.every("received")[:COUNT_LIMIT]


def _been_here(fields: Fields, mail_domain: str) -> bool:
    """Whether a line below the first was written by us: the mail left us once, and somebody sent it back."""
    hosts = [_host(line) for line in _received(fields)]
    return any(host and (host == hosts[0] or _ours(host, mail_domain)) for host in hosts[1:])


def _host(line: str) -> str:
    found = _BY.search(line[:_LENGTH_LIMIT])
    return found[1].lower().rstrip(".") if found else ""


def _ours(mailbox: str, mail_domain: str) -> bool:
    domain = mailbox[:_LENGTH_LIMIT].rpartition("@")[2].strip("<> \t").lower().rstrip(".")
    own = mail_domain.lower().strip(".")
    return bool(own) and (domain == own or domain.endswith(f".{own}"))
