"""Tells a person's message from what machines send: one word, and what can be read about it.

The order goes from the certain to the likely: reports that a standard describes, then what mail servers wrote
before there was one, then automatic answers. A null envelope sender alone proves nothing, for people's mail
has it too.
"""

from collections.abc import Callable

from boringmail.mime import parameter
from boringmail.mime.kind import (
    auto_reply,
    bounce,
    bounce_text,
    calendar,
    challenge,
    complaint,
    list_mail,
    origin,
)
from boringmail.mime.kind.origin import Origin
from boringmail.mime.part import Tree

_Details = dict[str, object]
# In this order: the first that knows the mail.
_READERS: tuple[tuple[str, Callable[[Tree, Origin], _Details | None]], ...] = (
    ("complaint", complaint.read),
    ("bounce", bounce.read),
    ("bounce", bounce_text.read),
    ("challenge", challenge.read),
    ("auto_reply", auto_reply.read),
    ("calendar", calendar.read),
    ("list", list_mail.read),
)
KINDS = ("message", *dict(_READERS))


def classify(tree: Tree, envelope_sender: str | None) -> tuple[str, _Details]:
    """The kind (one of KINDS) and its details. A sender of None is unknown."""
    kind, details = _kind(tree, origin.of(tree, envelope_sender))
    submitted = parameter.parse(tree.fields.raw("auto-submitted"))[0]
    return kind, details if submitted in {"", "no"} else {**details, "auto_submitted": submitted}


def _kind(tree: Tree, sender: Origin) -> tuple[str, _Details]:
    for kind, read in _READERS:
        details = read(tree, sender)
        if details is None:
            continue
        if kind == "bounce" and bounce.arrived(details):
            return "auto_reply", {"disposition": "delivered", **details}  # the receipt that was asked for
        return kind, details
    return "message", {}
