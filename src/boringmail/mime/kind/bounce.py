"""Delivery reports (RFC 3464, and RFC 6533 with addresses in UTF-8), also as they are written wrongly."""

import re

from boringmail.mime import header
from boringmail.mime.header import Fields
from boringmail.mime.kind import bounce_text, category, original
from boringmail.mime.kind.origin import Origin
from boringmail.mime.part import Part, Tree
from boringmail.mime.text import scrub

RECIPIENTS_LIMIT = 100
_Details = dict[str, object]
_TYPE = re.compile(r"\s*[A-Za-z0-9][A-Za-z0-9.-]{0,40}\s*;\s*")
# RFC 6533 3: `\x{20AC}` stands for a character in the ASCII form of an address.
_EMBEDDED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_ABOUT_RECIPIENT = ("final-recipient", "original-recipient", "action", "status", "diagnostic-code")
_ARRIVED = {"delivered", "relayed", "expanded"}


def read(tree: Tree, origin: Origin) -> _Details | None:
    """The details of a delivery report; None if the mail is none.

    Outside multipart/report such a part counts only from a mail server: people send them on, too.
    """
    status = next((part for part in tree.parts if _is_status(part)), None)
    if status is None:
        return None
    if tree.content_type != "multipart/report" and not (origin.null_sender or origin.daemon):
        return None
    groups = _groups(original.head(status).content()[0])
    details: _Details = {
        "reporting_mta": _mta(groups),
        "original_message_id": original.message_id(original.fields(tree)) or original.answered_id(tree),
        "recipients": [recipient(fields) for fields in _recipients(groups)],
    }
    bounce_text.complete(details, tree, origin)
    return details


def arrived(details: _Details) -> bool:
    """Whether the report tells of nothing but success: a receipt, no bounce."""
    recipients = details["recipients"]
    return (
        bool(recipients) and isinstance(recipients, list) and all(r["action"] in _ARRIVED for r in recipients)
    )


def _is_status(part: Part) -> bool:
    return part.content_type in {"message/delivery-status", "message/global-delivery-status"} or (
        part.content_type.endswith("delivery-status")
    )


def _groups(data: bytes) -> list[dict[str, str]]:
    """Groups of fields, divided by blank lines; within one, a second Final-Recipient begins another."""
    groups: list[dict[str, str]] = []
    position, end = 0, len(data)
    while position < end and len(groups) <= 2 * RECIPIENTS_LIMIT:
        fields, after, _ = header.split(data, position, end)
        if fields.all:
            groups.extend(_divided(fields))
        if after == position:  # a line that is no field
            after = data.find(b"\n", position, end) + 1 or end
        position = after
    return groups


def _divided(fields: Fields) -> list[dict[str, str]]:
    groups: list[dict[str, str]] = [{}]
    for field in fields.all[: 20 * RECIPIENTS_LIMIT]:
        name = field.name.lower()
        if name == "final-recipient" and name in groups[-1]:
            groups.append({})
        groups[-1].setdefault(name, field.value)
    return groups


def _mta(groups: list[dict[str, str]]) -> str | None:
    return next((typed(group["reporting-mta"]) for group in groups if "reporting-mta" in group), None)


def _recipients(groups: list[dict[str, str]]) -> list[dict[str, str]]:
    """The groups about recipients. A blank line within one leaves a group without a recipient: it goes on."""
    found: list[dict[str, str]] = []
    for group in groups:
        about = {name: group[name] for name in (*_ABOUT_RECIPIENT, "x-actual-recipient") if name in group}
        if not about:
            continue
        named = "final-recipient" in about or "original-recipient" in about
        if (
            found
            and (not named or not found[-1].keys() & {"final-recipient"})
            and not about.keys() & found[-1].keys()
        ):
            found[-1] |= about
        else:
            found.append(about)
    return found[:RECIPIENTS_LIMIT]


def recipient(fields: dict[str, str]) -> _Details:
    """One recipient of a report, as in the body."""
    diagnostic = typed(fields.get("diagnostic-code", ""))
    status = category.status_of(fields.get("status", "")) or category.status_of(diagnostic or "")
    action = category.action_of(fields.get("action", ""), status)
    why = category.categorise(action, status, f"{fields.get('status', '')} {diagnostic or ''}")
    return {
        "final_recipient": mailbox(fields.get("final-recipient") or fields.get("x-actual-recipient", "")),
        "original_recipient": mailbox(fields.get("original-recipient", "")),
        "action": action,
        "status": status,
        "diagnostic": diagnostic,
        "category": why,
        "recipient_at_fault": category.at_fault(why, status),
    }


def typed(value: str) -> str | None:
    """`smtp; 550 no` without its type (RFC 3464 2.1.2), on one bounded line."""
    return original.line(value[found.end() :] if (found := _TYPE.match(value)) else value)


def mailbox(value: str) -> str | None:
    """`rfc822; <user@example.com>` as a bare address."""
    bare = (typed(value) or "").strip("<>\"' ")
    return original.line(_EMBEDDED.sub(_character, bare))


def _character(match: re.Match[str]) -> str:
    try:
        return scrub(chr(int(match[1], 16)))
    except ValueError:
        return match[0]
