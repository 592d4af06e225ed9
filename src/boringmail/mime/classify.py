"""Tells a person's message from an automatic reply and from a report that a mail did not arrive.

RFC 3834 (Auto-Submitted) and RFC 3462/3464 (multipart/report with message/delivery-status), then the few
conventions that are older than both. A null envelope sender alone proves nothing: people's mail has it too.
"""

from boringmail.mime import address, header, parameter, text
from boringmail.mime.part import Tree

_DAEMONS = {"mailer-daemon", "postmaster", "mail-daemon"}
_REPLY_FIELDS = ("x-autoreply", "x-autorespond", "x-auto-reply-from")
_RECIPIENTS_LIMIT = 100
_STATUS_LIMIT_BYTES = 65_536
_Details = dict[str, object]


def classify(tree: Tree, envelope_sender: str | None) -> tuple[str, _Details]:
    """The kind (message, auto_reply, bounce) and its details. A sender of None is unknown."""
    report = _delivery_report(tree)
    if report is not None:
        return "bounce", report
    submitted = parameter.parse(tree.fields.raw("auto-submitted"))[0]
    details: _Details = {} if submitted in {"", "no"} else {"auto_submitted": submitted}
    if submitted == "auto-replied" or _old_style_reply(tree):
        return "auto_reply", details
    if not envelope_sender and _from_a_daemon(tree):
        return "bounce", details
    return "message", details


def _old_style_reply(tree: Tree) -> bool:
    if any(tree.fields.raw(name) for name in _REPLY_FIELDS):
        return True
    return tree.fields.value("precedence").lower() in {"auto_reply", "auto-reply"}


def _from_a_daemon(tree: Tree) -> bool:
    senders = address.parse(tree.fields.raw("from"))
    return bool(senders) and senders[0].address.partition("@")[0].lower() in _DAEMONS


def _delivery_report(tree: Tree) -> _Details | None:
    if tree.content_type != "multipart/report":
        return None
    status = next((part for part in tree.parts if part.content_type.endswith("delivery-status")), None)
    if status is None:
        return None
    groups = _groups(status.content()[0])
    original = next(
        (p for p in tree.parts if p.content_type in {"message/rfc822", "text/rfc822-headers"}), None
    )
    original_fields = header.split(data := original.content()[0], 0, len(data))[0] if original else None
    return {
        "reporting_mta": _typed(groups[0].value("reporting-mta")) if groups else None,
        "original_message_id": (original_fields.value("message-id").strip("<>") or None)
        if original_fields
        else None,
        "recipients": [_recipient(group) for group in groups[1 : _RECIPIENTS_LIMIT + 1]],
    }


def _groups(data: bytes) -> list[header.Fields]:
    """RFC 3464 2.1: groups of fields, divided by blank lines; the first is about the message."""
    end = min(len(data), _STATUS_LIMIT_BYTES)
    groups: list[header.Fields] = []
    position = 0
    while position < end and len(groups) <= _RECIPIENTS_LIMIT:
        fields, after, _ = header.split(data, position, end)
        if fields.all:
            groups.append(fields)
        if after == position:  # a line that is no field
            after = data.find(b"\n", position, end) + 1 or end
        position = after
    return groups


def _recipient(group: header.Fields) -> _Details:
    return {
        "final_recipient": _typed(group.value("final-recipient")),
        "original_recipient": _typed(group.value("original-recipient")),
        "action": group.value("action").lower() or None,
        "status": text.single_line(group.value("status").partition(" ")[0]) or None,
        "diagnostic": _typed(group.value("diagnostic-code")),
    }


def _typed(value: str) -> str | None:
    """`rfc822; user@example.com` without its type (RFC 3464 2.1.2)."""
    return value.partition(";")[2].strip() or value or None
