"""What the sender newly wrote: a text without the quoted original and the signature.

Half of what peers get wrong here is cutting what a customer wrote, so everything in doubt stays: answers
inside a quotation (with the lines that they answer), forwarded mails, excerpts, a text that would be empty
otherwise. Only whole lines are left out. Tables of phrases hold the languages, and all work is linear.
"""

from boringmail.mime.reply import original, phrases, quotation, signature
from boringmail.mime.reply.lines import FULL_WIDTH_COLON, bare, fold

# A longer text is kept whole: what is that long was generated, or consists of attachments.
LENGTH_LIMIT = 500_000
LINES_LIMIT = 20_000
# Each cut can lay bare another signature or original. A letter needs two; more is a text made for it.
_PASSES_LIMIT = 6
_PREFIX_LIMIT = 20
_FORWARD_SUBJECTS = frozenset(map(fold, phrases.FORWARD_SUBJECTS))


def reply_text(text: str, subject: str = "") -> str:
    """The sender's own text; the text itself where nothing can be cut with certainty.

    `text` has LF line ends. A `subject` that says that the mail is forwarded keeps it whole. Never raises.
    """
    if len(text) > LENGTH_LIMIT or text.count("\n") > LINES_LIMIT or forwards(subject):
        return text
    reply = text
    for _ in range(_PASSES_LIMIT):
        shorter = _cut(reply)
        if shorter == reply:
            return reply
        reply = shorter
    return text


def forwards(subject: str) -> bool:
    """Whether a subject begins as that of a forwarded mail: `Fwd: Invoice`."""
    prefix, colon, _ = subject.strip()[:_PREFIX_LIMIT].replace(FULL_WIDTH_COLON, ":").partition(":")
    return bool(colon) and fold(prefix) in _FORWARD_SUBJECTS


def _cut(text: str) -> str:
    raw = text.split("\n")
    lines = bare(raw)
    stop = len(lines)
    unmarked = original.find(lines)
    if unmarked is not None:
        if unmarked.keep:
            return text
        stop = original.with_attribution(lines, unmarked.start)
    quoted = quotation.find(lines, raw, stop)
    start = 0
    if quoted is not None:
        start, stop = (quoted.end, stop) if quoted.start == 0 else (0, quoted.start)
    if stop < len(lines) and original.pointed_at(lines[start:stop]):
        return text
    stop = signature.trim(lines, raw, stop)
    return _joined(raw, lines, start, stop) or text


def _joined(raw: list[str], lines: list[str], start: int, stop: int) -> str:
    """The lines without blank ones at the ends, or nothing if only blank ones are left."""
    if start == 0 and stop == len(lines):
        return ""
    while start < stop and not lines[start]:
        start += 1
    while stop > start and not lines[stop - 1]:
        stop -= 1
    return "\n".join(raw[start:stop])
