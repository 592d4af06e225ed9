"""Finds an original that is not marked as quoted: below a separator, a header block or an attribution.

Below such a line nothing tells an answer from the original. So a sender who says that what is below matters,
or who forwards it, keeps the text whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from boringmail.mime.reply import attribution, header_block, phrases
from boringmail.mime.reply.lines import COLONS, FULL_WIDTH_COLON, Fences, fold

_RULES = "-_*=#+~\u2013\u2014"  # with the dashes of a typographer
_FIRST = frozenset(_RULES + ">`")
_LINE_LIMIT = 200
_RULE_LENGTH = 4
_MARKS = 2  # `--- Original Message ---` has three at each side, some programs two
_LOOK_AHEAD = 4
_FIELDS = 2
_LOOKS_LIMIT = 1_000  # at lines that could be one of these; a text with more is no letter
_FORWARD_WORDS_LIMIT = 10
_POINTING_LENGTH = 300  # it is said at the beginning or directly above

_ORIGINAL = frozenset(fold(phrase) for phrase in chain.from_iterable(phrases.ORIGINAL.values()))
_FORWARDED = tuple({fold(phrase) for phrase in chain.from_iterable(phrases.FORWARDED.values())})
_REPLY_ABOVE = tuple({fold(phrase) for phrase in chain.from_iterable(phrases.REPLY_ABOVE.values())})
_REPLY_WORDS = tuple(fold(word) for word in phrases.REPLY_WORDS)
_POINTS_BELOW = tuple(fold(phrase) for phrase in phrases.POINTS_BELOW)
_GREETINGS = tuple(fold(phrase) for phrase in phrases.GREETINGS)
_MARKUP = {"&nbsp;": " ", "\\": ""}


@dataclass(frozen=True, slots=True)
class Original:
    """Where the original begins; `keep`: it is content all the same, and nothing may be cut."""

    start: int
    keep: bool = False


def find(lines: list[str]) -> Original | None:
    """The first unmarked original in the text, by bare lines."""
    header_end = 0
    for looks, position in enumerate(_candidates(lines)):
        if looks > _LOOKS_LIMIT:
            return Original(position, keep=True)
        header_end, found = _at(lines, position, header_end)
        if found is not None:
            return found
    return None


def _candidates(lines: list[str]) -> Iterator[int]:
    """The lines worth a look, outside fences: most can be nothing of the kind, which is seen at once."""
    fences = Fences()
    for position, line in enumerate(lines):
        if not line or (line[0] not in _FIRST and ":" not in line and FULL_WIDTH_COLON not in line):
            continue
        if line[0] == ">":
            if attribution.groupwise(line):
                yield position
        elif not fences.inside(line):
            yield position


def _at(lines: list[str], position: int, header_end: int) -> tuple[int, Original | None]:
    """What begins at a line, and the end of the last header block that was read."""
    line = lines[position]
    if line[0] == ">":
        return header_end, Original(position)
    found = _separator(lines, position) if line[0] in _RULES else None
    if found is None and attribution.may_end(line):
        found = _attributed(lines, position)
    if found is None and position >= header_end and header_block.kinds(line):
        return _below_header(lines, position)
    if found is None and "@" in line and attribution.runs_on(lines, position):
        found = Original(position)
    return header_end, found


def _separator(lines: list[str], position: int) -> Original | None:
    line = lines[position]
    if len(line) > _LINE_LIMIT or line[:_MARKS].strip(_RULES):
        return None
    if line.startswith("-----BEGIN PGP"):  # cutting would break the armour
        return Original(position, keep=True)
    for markup, plain in _MARKUP.items():
        line = line.replace(markup, plain)
    inner = fold(line).strip(_RULES + " ")
    if not inner:
        return None
    if inner.startswith(_FORWARDED):
        return Original(position, keep=True)
    if inner.rstrip(": ") in _ORIGINAL and _an_original_follows(lines, position):
        return _unless_answered_inside(lines, position, position + 1)
    return Original(position) if says_reply_above(line) else None


def _an_original_follows(lines: list[str], position: int) -> bool:
    following = [line for line in lines[position + 1 : position + 2 + 2 * _LOOK_AHEAD] if line][:_LOOK_AHEAD]
    if following and fold(following[0][:_LINE_LIMIT]).startswith(_GREETINGS):
        return True
    if any(line[0] == ">" or attribution.introduces(line) for line in following):
        return True
    return sum(bool(header_block.kinds(line)) for line in following) >= _FIELDS


def _attributed(lines: list[str], position: int) -> Original | None:
    line = lines[position]
    folded = fold(line[:_LINE_LIMIT]).rstrip(": " + FULL_WIDTH_COLON)
    if folded.startswith(_FORWARDED) and len(folded.split()) <= _FORWARD_WORDS_LIMIT:
        return Original(position, keep=True)
    following = _next(lines, position + 1)
    if following is not None and _is_rule(lines[following]):
        following = _next(lines, following + 1)
    if following is None or lines[following][0] == ">":
        return None
    if line.startswith("--") and header_block.kinds(lines[following]) and attribution.names_somebody(line):
        return Original(position)  # Notes: `-----Ann Example/ACME wrote: -----`, then the fields
    start = attribution.find_above(lines, position, quotation=False)
    return None if start is None else Original(start)


def _below_header(lines: list[str], position: int) -> tuple[int, Original | None]:
    """What a header block at a line introduces, and where to look on: not at each of its lines again."""
    above = _previous(lines, position)
    if above is None:
        return position, None
    apart = not lines[position - 1]
    divided = _is_rule(lines[above]) or fold(lines[above][:_LINE_LIMIT]) in _ORIGINAL
    excerpt = lines[above].endswith(COLONS)  # "the server says:"
    if excerpt or not (apart or divided):
        return position, None
    block = header_block.read(lines, position)
    if not block.introduces(divided=divided) or _next(lines, block.end) is None:
        return block.end, None
    return block.end, _unless_answered_inside(lines, above if divided else position, block.end)


def _unless_answered_inside(lines: list[str], start: int, below: int) -> Original:
    """Some programs put a header above lines that are marked as quoted, and the answers between those."""
    first = _next(lines, below)
    if first is not None and header_block.kinds(lines[first]):
        first = _next(lines, header_block.read(lines, first).end)
    if first is None or lines[first][0] != ">":
        return Original(start)
    answered = False
    for line in lines[first:]:
        if line and line[0] != ">":
            answered = True
        elif line and answered:
            return Original(start, keep=True)
    return Original(start)


def with_attribution(lines: list[str], start: int) -> int:
    """The start of the attribution directly above an original, if one stands there, else `start`."""
    above = _previous(lines, start)
    if above is None:
        return start
    found = attribution.find_above(lines, above, quotation=True)
    return start if found is None else found


def pointed_at(lines: list[str]) -> bool:
    """Whether the sender's own words say that what stands below them matters."""
    own = " ".join(lines)
    if len(own) > 2 * _POINTING_LENGTH:
        own = own[:_POINTING_LENGTH] + own[-_POINTING_LENGTH:]
    own = fold(own)
    return any(phrase in own for phrase in _POINTS_BELOW)


def says_reply_above(line: str) -> bool:
    """A help desk's `Please type your reply above this line`."""
    folded = fold(line[:_LINE_LIMIT])
    return any(phrase in folded for phrase in _REPLY_ABOVE) and any(word in folded for word in _REPLY_WORDS)


def is_separator(line: str) -> bool:
    """`-----Original Message-----` by itself."""
    return line[:_MARKS].strip(_RULES) == "" and fold(line[:_LINE_LIMIT]).strip(_RULES + " :") in _ORIGINAL


def _is_rule(line: str) -> bool:
    return len(line) >= _RULE_LENGTH and not line[:_LINE_LIMIT].strip(_RULES)


def _next(lines: list[str], position: int) -> int | None:
    return next((at for at in range(position, len(lines)) if lines[at]), None)


def _previous(lines: list[str], position: int) -> int | None:
    return next((at for at in range(position - 1, -1, -1) if lines[at]), None)
