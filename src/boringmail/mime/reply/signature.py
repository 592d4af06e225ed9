"""Finds what stands below a letter: a signature after its delimiter, the line that a phone or a program adds.

`Best regards` is no delimiter: what follows it may be a question, and talon and its kind cut that.
"""

import re
from itertools import chain

from boringmail.mime.reply import footers
from boringmail.mime.reply.lines import fold

_DELIMITER = "--"
_LINES_LIMIT = 20
_LENGTH_LIMIT = 1_500
_BARE_LINES_LIMIT = 8
_BARE_LENGTH_LIMIT = 70
_BARE_SENTENCE_WORDS = 4
_FOOTER_LENGTH_LIMIT = 90
_WORDS_BEFORE_DEVICE = 5
_WORDS_AFTER_DEVICE = 3
_WORDS_LIMIT = 12
_GET_WORDS_LIMIT = 7
_FOOTERS_LIMIT = 6

_LINK = re.compile(r"[<(\[]?(?:https?://|www\.)\S*")
_LISTING = re.compile(r"[-+|•>]|\*\s|\d{1,3}[.)]\s|`")
_POSTSCRIPT = re.compile(r"p\.? ?s\.?\b", re.IGNORECASE)
_STARTS = tuple({fold(phrase) for phrase in chain.from_iterable(footers.SENT_FROM.values())})
_ENDS = tuple({fold(phrase) for phrase in chain.from_iterable(footers.SENT_FROM_ENDS.values())})
_DEVICES = re.compile("|".join(re.escape(fold(device)) for device in footers.DEVICES))
_GET = tuple(fold(phrase) for phrase in footers.GET_OUTLOOK)
_SCANNED = tuple(fold(phrase) for phrase in footers.SCANNED)
_LIST_RULE = "_" * 20


def trim(lines: list[str], raw: list[str], stop: int) -> int:
    """Where the letter ends that takes the lines before `stop`: before its signature and its footers.

    `raw` are the lines with their blanks: RFC 3676 4.3 delimits a signature by two dashes and a blank.
    """
    for _ in range(_FOOTERS_LIMIT):
        end = _footer(lines, _last(lines, stop))
        end = end if end is not None else _delimited(lines, raw, stop)
        if end is None:
            return stop
        stop = end
    return stop


def only_footers(lines: list[str], raw: list[str], start: int, stop: int) -> bool:
    """Whether nothing but signatures and footers stands between two lines: no answer, in any case."""
    for _ in range(_FOOTERS_LIMIT):
        last = _last(lines, stop)
        if last < start:
            return True
        end = _footer(lines, last, start)
        end = end if end is not None else _delimited(lines, raw, stop, start)
        end = end if end is not None else _list_footer(lines, start, stop)
        if end is None:
            return False
        stop = end
    return False


def _last(lines: list[str], stop: int) -> int:
    """The last line before `stop` that is not blank; -1 without one."""
    return next((at for at in range(stop - 1, -1, -1) if lines[at]), -1)


def _footer(lines: list[str], last: int, start: int = 0) -> int | None:
    if last < start or not _sent_from(lines[last]):
        return None
    above = lines[last - 1] if last > start else ""
    if above == _DELIMITER:
        return last - 1
    return last if not above or _sent_from(above) else None


def _sent_from(line: str) -> bool:
    if len(line) > 2 * _FOOTER_LENGTH_LIMIT:
        return False
    text = fold(_LINK.sub(" ", line)).strip("<>()[]*_.!- ")
    words = len(text.split())
    if not text or len(text) > _FOOTER_LENGTH_LIMIT or words > _WORDS_LIMIT:
        return False
    if any(phrase in text for phrase in _GET):
        return words <= _GET_WORDS_LIMIT
    return text.startswith(_SCANNED) or (_says_sent(text) and _names_a_device(text))


def _says_sent(text: str) -> bool:
    return text.startswith(_STARTS) or text.endswith(_ENDS)


def _names_a_device(text: str) -> bool:
    """Near the beginning and near the end: "sent from my desk, which is easier than a phone" is prose."""
    named = list(_DEVICES.finditer(text))
    if not named or len(text[: named[0].start()].split()) > _WORDS_BEFORE_DEVICE:
        return False
    return len(text[named[-1].end() :].split()) <= _WORDS_AFTER_DEVICE


def _delimited(lines: list[str], raw: list[str], stop: int, start: int = 0) -> int | None:
    """The line of the delimiter. A lone `--` is one where the lines below it look like a signature."""
    first = max(start, stop - 2 * _LINES_LIMIT)
    places = [at for at in range(first, stop) if lines[at] == _DELIMITER]
    if not places:
        return None
    at = places[-1]
    below = [line for line in lines[at + 1 : stop] if line]
    if not below or len(below) > _LINES_LIMIT or sum(map(len, below)) > _LENGTH_LIMIT:
        return None
    if any(line[0] == ">" or _POSTSCRIPT.match(line) for line in below):
        return None
    if raw[at][-1:] == " ":
        return at
    apart = at == start or not lines[at - 1]
    alone = len(places) == 1 and apart and bool(lines[at + 1])
    return at if alone and len(below) <= _BARE_LINES_LIMIT and all(map(_in_a_signature, below)) else None


def _in_a_signature(line: str) -> bool:
    if len(line) > _BARE_LENGTH_LIMIT or line.endswith(("?", "？", ":")) or _LISTING.match(line):  # noqa: RUF001 - full-width, as Chinese writers use
        return False
    return not line.endswith((".", "!", "。")) or len(line.split()) <= _BARE_SENTENCE_WORDS


def _list_footer(lines: list[str], start: int, stop: int) -> int | None:
    """A mailing list's program adds a rule and a few lines with an address of its web page."""
    for at in range(max(start, stop - _BARE_LINES_LIMIT), stop):
        if lines[at].startswith(_LIST_RULE) and not lines[at].strip("_"):
            return at if any("http" in line or "@" in line for line in lines[at:stop]) else None
    return None
