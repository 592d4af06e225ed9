"""Why a mail was not delivered, as one word: from the enhanced status code, the text and the SMTP code.

The text goes before the code, for servers are careless with codes, and our faults go before the recipient's:
what says "blocked" and "no such user" at once is taken as blocked, so that nobody stops writing to an address
because our own reputation was bad (RFC 3463 lists the codes; 5.7.x says who is unwelcome: we).
"""

import re

from boringmail.mime.kind import phrases
from boringmail.mime.kind.category_words import TEXTS

# Where the cause lies with the address that was written to. All else is ours, or nobody's.
RECIPIENT_CATEGORIES = frozenset({"mailbox_unknown", "mailbox_disabled", "mailbox_full", "domain_unknown"})
CATEGORIES = RECIPIENT_CATEGORIES | {
    "authentication",
    "content",
    "delivered",
    "infrastructure",
    "policy",
    "rate_limited",
    "reputation",
    "too_large",
    "transient",
    "unknown",
}
_VAGUE = {None, "refused", "transient", "infrastructure"}
_LENGTH_LIMIT = 4_000
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.#:/=-])([45][0-5]\d)(?=[ \-#:;,]|$)")
# An address or a host name says nothing of the cause: sales@no-spam.example.com.
_NAMES = re.compile(
    r"[^\s<>@]{1,128}@[^\s<>@]{1,255}|\bhost [\w-]{1,63}\.[\w.-]{1,255}|\bfrom \S{1,255}\.\S{1,63} by ",
    re.ASCII,
)
_RULES = tuple((name, re.compile(phrases.any_of(lines))) for name, lines in TEXTS)
# Enhanced status codes by subject and detail: RFC 3463 and the registry it began, Microsoft's, Google's.
_CODES: dict[str, str] = {
    "1.0": "unknown",
    "1.1": "mailbox_unknown",
    "1.2": "domain_unknown",
    "1.3": "mailbox_unknown",
    "1.4": "mailbox_unknown",
    "1.6": "mailbox_disabled",
    "1.7": "policy",
    "1.8": "policy",
    "1.9": "infrastructure",
    "1.10": "domain_unknown",
    "2.0": "unknown",
    "2.1": "mailbox_disabled",
    "2.2": "mailbox_full",
    "2.3": "too_large",
    "2.4": "infrastructure",
    "3.4": "too_large",
    "4.4": "infrastructure",
    "6.7": "policy",
    "7.7": "content",
    "7.13": "mailbox_disabled",
    "7.17": "mailbox_disabled",
    "7.18": "mailbox_disabled",
    "7.8": "authentication",
    "7.9": "authentication",
    "7.20": "authentication",
    "7.21": "authentication",
    "7.22": "authentication",
    "7.23": "authentication",
    "7.24": "authentication",
    "7.25": "reputation",
    "7.26": "authentication",
    "7.27": "policy",
    "7.28": "rate_limited",
    "7.29": "authentication",
    "7.515": "authentication",
    "7.606": "reputation",
}
# 5.1.7 and 5.1.8 are about the sender's address, which the text may call unknown; 5.7.x about who is welcome.
_SENDER_CODE = re.compile(r"1\.[78]$")
_SUBJECTS = {"1": "policy", "3": "infrastructure", "4": "infrastructure", "6": "content", "7": "policy"}
# What no server says of anything but an address.
_EXPLICIT = re.compile(
    r"user unknown|unknown user|no such (?:user|mailbox|recipient)|recipientnotfound|invalid recipient"
)
# RFC 5321 4.2.3. Too coarse to blame an address, but for the two that name one.
_REPLIES = {"551": "mailbox_unknown", "552": "mailbox_full", "523": "too_large"}


def status_of(value: str) -> str | None:
    """The enhanced status code in a text."""
    found = STATUS.search(value[:_LENGTH_LIMIT])
    return found[1] if found else None


def action_of(word: str, status: str | None) -> str | None:
    """The action (RFC 3464 2.3.3); where the word is none of the five, from the class of the status."""
    known = {"failed", "delayed", "delivered", "relayed", "expanded"}
    first = (word.lower().split() or [""])[0].strip(".;,()")
    if first in known:
        return first
    if first in {"fail", "failure", "expired", "error", "bounced", "undeliverable"}:
        return "failed"
    return {"5": "failed", "4": "delayed", "2": "delivered"}.get((status or " ")[0])


def categorise(action: str | None, status: str | None, diagnostic: str) -> str:
    """One of CATEGORIES."""
    if action in {"delivered", "relayed", "expanded"}:
        return "delivered"
    if action == "delayed":
        return "transient"
    diagnostic = diagnostic[:_LENGTH_LIMIT].lower()
    words = _NAMES.sub(" ", diagnostic)
    codes = [found.partition(".")[2] for found in STATUS.findall(f"{status or ''} {diagnostic}")[:10]]
    said = next((name for name, rule in _RULES if rule.search(words)), None)
    if said in RECIPIENT_CATEGORIES:
        return said if _blames(codes, words) else "policy"
    return _decided(said, _coded(codes)) or _by_reply(status, words)


def _coded(codes: list[str]) -> str | None:
    # "0.0" says nothing, and 4.4.7 only that somebody's patience ended: what the server said before counts.
    code = next((found for found in codes if found not in {"0.0", "5.0", "4.7"}), (codes or [""])[0])
    return _CODES.get(code) or _SUBJECTS.get(code.partition(".")[0])


def _decided(said: str | None, coded: str | None) -> str | None:
    """The category of a text and a code; None if they say nothing. Vague words yield to the code."""
    if said in _VAGUE and coded in RECIPIENT_CATEGORIES:
        return coded
    if said == "refused":
        # A refusal with 5.4.1 is Microsoft's for an unknown recipient and for an unwelcome sender alike.
        return coded if coded not in {None, "unknown", "infrastructure"} else "policy"
    if said in {None, "transient"}:
        return coded if coded not in {None, "unknown"} else said
    return said


def _blames(codes: list[str], words: str) -> bool:
    """Whether a word about the recipient is to be believed beside these codes."""
    if any(_SENDER_CODE.match(code) for code in codes):
        return False
    unwelcome = any(code.startswith("7.") and _CODES.get(code) not in RECIPIENT_CATEGORIES for code in codes)
    return not unwelcome or _EXPLICIT.search(words) is not None


def _by_reply(status: str | None, words: str) -> str:
    found = _REPLY.search(words)
    reply = found[1] if found else ""
    passing = (status or reply).startswith("4")
    return _REPLIES.get(reply, "transient" if passing else "unknown")


def at_fault(category: str, status: str | None) -> bool:
    """Whether the cause lies with the recipient. Not for a passing code, except that a mailbox was full."""
    passing = (status or "").startswith("4") and category != "mailbox_full"
    return category in RECIPIENT_CATEGORIES and not passing
