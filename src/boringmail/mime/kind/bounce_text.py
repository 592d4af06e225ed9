"""Reports that a mail did not arrive, from servers that do not write RFC 3464.

A person who writes about a bounce, or sends one on, uses the same words. So the words count only in a mail
that comes from a mail server, by its null sender or by a daemon's name. Either alone proves nothing.
"""

import re

from boringmail.mime import address
from boringmail.mime.header import Fields
from boringmail.mime.kind import category, notice, original
from boringmail.mime.kind.bounce_words import ABOUT_DELAY, OPENING, SUBJECT
from boringmail.mime.kind.origin import Origin
from boringmail.mime.part import Tree

_Details = dict[str, object]
_ADDRESS = re.compile(
    r"[^\s<>()\[\]:;,\"'@=|\u3000-\u303f\uff00-\uff5f]{1,128}"
    r"@[A-Za-z0-9\u00a1-\u2fff](?:[A-Za-z0-9\u00a1-\u2fff.-]{0,253})"
)
# Of a line: the address it is about, alone, in brackets, or after a word or a code that says so.
_ABOUT = re.compile(
    r"^[\s>*|-]{0,20}(?:\d{1,3}[.)] |[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?)?"
    r"(?:(?:failed |final |original )?(?:recipient|rcpt|to|addressee|address|user|mailbox|empf.nger"
    r"|destinataire|destinatario|delivery (?:to|failed for)|for|an|email)(?: address(?:ed to)?)?\W{0,4}\s*)?"
    r"[<\"'(]{0,3}(?:mailto:|smtp:|rfc822;\s?)?(" + _ADDRESS.pattern + ")",
    re.IGNORECASE,
)
_RCPT = re.compile(r"rcpt to:\s{0,3}<([^<>\s]{1,300}@[^<>\s]{1,255})>", re.IGNORECASE)
_QUOTED_REPLY = re.compile(r"(?:^|[:>'\"#(=]|\bsaid)\s{0,3}[45][0-5]\d[ -]|\b[45]\.\d{1,3}\.\d{1,3}\b")
_FORWARDED = re.compile(r"\s*(?:re|aw|sv|vs|antw|fwd?|wg|tr|rv|enc|odp|pd)\s*:", re.IGNORECASE)
_CONTACT = re.compile(r"(?:postmaster|support|help|helpdesk|hostmaster|abuse|admin|info)@")
# Some notices quote the header of the original first; its `To` need not be who was not reached.
_QUOTED_TO = re.compile(r"\s*to\s*:", re.IGNORECASE)
_QUOTED_NEXT = re.compile(r"\s*(?:subject|sent|date|cc|from)\s*:", re.IGNORECASE)
_RECIPIENTS_LIMIT = 100
_BLOCK_LINES = 12


def read(tree: Tree, origin: Origin) -> _Details | None:
    """The details of such a report; None if the mail is none."""
    failed = tree.fields.value("x-failed-recipients")
    unknown = origin.null_sender is None and _subject(tree)
    if not (failed or origin.daemon or origin.null_sender or unknown):
        return None
    lines = notice.lines(tree)
    if not failed and not _is_report(tree, origin, lines):
        return None
    return _from_text(tree, origin)


def _from_text(tree: Tree, origin: Origin) -> _Details:
    lines = notice.lines(tree)
    failed = tree.fields.value("x-failed-recipients")
    returned = original.fields(tree)
    own = {origin.address, *(found.lower() for found in _ADDRESS.findall(tree.fields.value("to")[:2_000]))}
    delayed = bool(
        ABOUT_DELAY.search(f"{tree.fields.value('subject')}\n{' '.join(lines[:30])}".lower()[:6_000])
    )
    recipients = _recipients(lines, failed, own, delayed=delayed)
    if len(recipients) == 1 and not recipients[0]["final_recipient"]:
        recipients[0]["final_recipient"] = _address(lines, returned, own)
    return {
        "reporting_mta": None,
        "original_message_id": (
            original.message_id(returned) or notice.copied_id(tree) or original.answered_id(tree)
        ),
        "recipients": recipients,
    }


def complete(details: _Details, tree: Tree, origin: Origin) -> None:
    """Adds to a report for machines what only its text for people says: the recipient, and why."""
    recipients = details["recipients"]
    if not isinstance(recipients, list) or len(recipients) > 1:
        return
    if recipients and recipients[0]["final_recipient"] and recipients[0]["category"] != "unknown":
        return
    told = _from_text(tree, origin)["recipients"]
    if not isinstance(told, list) or not told:
        return
    if not recipients:
        details["recipients"] = told
        return
    mine, theirs = recipients[0], told[0]
    mine["final_recipient"] = (
        mine["final_recipient"] or mine["original_recipient"] or theirs["final_recipient"]
    )
    if mine["category"] == "unknown":
        mine["diagnostic"] = mine["diagnostic"] or theirs["diagnostic"]
        mine["category"], mine["recipient_at_fault"] = theirs["category"], theirs["recipient_at_fault"]


def _is_report(tree: Tree, origin: Origin, lines: list[str]) -> bool:
    subject = _subject(tree)
    if origin.certain_daemon and origin.maybe_null:
        return True
    opening = OPENING.search("\n".join(lines[:80]).lower()[:8_000]) is not None
    if origin.daemon:
        if origin.maybe_null:
            return subject or opening or _returns_original(tree)
        return opening and (subject or origin.certain_daemon or _returns_original(tree))
    if origin.null_sender:  # as a parcel service writes, too
        return opening and (_returns_original(tree) or (subject and _is_about_mail(lines, origin)))
    return origin.null_sender is None and subject and opening


def _returns_original(tree: Tree) -> bool:
    """With a copy of a mail, and not as a person sends one on."""
    return original.part(tree) is not None and not _FORWARDED.match(tree.fields.value("subject")[:300])


def _is_about_mail(lines: list[str], origin: Origin) -> bool:
    """Whether the text names a mailbox, or quotes a mail server."""
    return any(
        _QUOTED_REPLY.search(line[:1_000])
        or ((found := _ABOUT.match(line[:600])) and found[1].lower() != origin.address)
        for line in lines[:80]
    )


def _subject(tree: Tree) -> bool:
    return SUBJECT.match(tree.fields.value("subject")[:300].lower()) is not None


def _recipients(lines: list[str], failed: str, own: set[str], *, delayed: bool) -> list[_Details]:
    named = [found.lower() for found in _ADDRESS.findall(failed[:20_000])]
    blocks = _blocks(lines, own, set(named))
    mailboxes = (named or list(blocks))[:_RECIPIENTS_LIMIT]
    everything = [line.strip() for line in lines[:80] if line.strip()]
    return [
        _recipient(mailbox, blocks.get(mailbox) or everything, delayed=delayed) for mailbox in mailboxes
    ] or ([_recipient("", everything, delayed=delayed)] if everything else [])


def _address(lines: list[str], returned: Fields | None, own: set[str]) -> str | None:
    """Of a notice with an address within a sentence, or none: whom the original was for, or that one."""
    to = address.parse(returned.raw("to")[:2_000]) if returned else []
    if len(to) == 1 and to[0].address:
        return original.line(to[0].address)
    text = "\n".join(line[:500] for line in lines[:80])
    found = (word.strip(".").lower() for word in _ADDRESS.findall(text))
    return next((word for word in found if word not in own and not _CONTACT.match(word)), None)


def _blocks(lines: list[str], own: set[str], named: set[str]) -> dict[str, list[str]]:
    """The lines that follow each address, until the next one."""
    blocks: dict[str, list[str]] = {}
    current: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        if _QUOTED_TO.match(line[:200]) and _QUOTED_NEXT.match(following[:200]):
            continue
        found = _ABOUT.match(line[:600]) or _RCPT.search(line[:2_000])
        mailbox = found[1].lower().strip(".'\"") if found else ""
        if mailbox and (mailbox in named or mailbox not in own) and not mailbox.startswith("postmaster@"):
            if len(blocks) >= _RECIPIENTS_LIMIT and mailbox not in blocks:
                break
            current = blocks.setdefault(mailbox, [])
        if len(current) < _BLOCK_LINES and line.strip():
            current.append(line.strip()[:500])
    return blocks


def _recipient(mailbox: str, block: list[str], *, delayed: bool) -> _Details:
    # From the line with the server's answer on; what it says may go on over several.
    start = next((number for number, line in enumerate(block) if _QUOTED_REPLY.search(line)), 0)
    said = " ".join(block[start:])
    status = category.status_of(said)
    action = "delayed" if delayed else "failed"
    why = category.categorise(action, status, said)
    if why == "unknown":
        why = category.categorise(action, status, " ".join(block))
    return {
        "final_recipient": original.line(mailbox),
        "original_recipient": None,
        "action": action,
        "status": status,
        "diagnostic": original.line(said.removeprefix(f"<{mailbox}>:").strip()),
        "category": why,
        "recipient_at_fault": category.at_fault(why, status),
    }
