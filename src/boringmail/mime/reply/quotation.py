"""Finds a quotation that is marked line by line with `>` and that nobody answered inside.

Shell output, prompts and Markdown begin with `>` too, and an answer inside a quotation needs the lines around
it. So a quotation goes only whole, at the end (or at the top, with the answer below it), and if a mail
program's line introduces it or it is evidently a mail.
"""

from dataclasses import dataclass

from boringmail.mime.reply import attribution, header_block, original, phrases, signature
from boringmail.mime.reply.lines import Fences, fold, unquoted

_BLOCKS_LIMIT = 50  # with so many, answers stand between them
_HEAD_LINES = 8
_EVIDENCE_LINES = 200
_HEADER_FIELDS = 3
_GREETINGS = tuple(fold(phrase) for phrase in phrases.GREETINGS)
_QUESTIONS = ("?", "？", "؟", ";")  # noqa: RUF001 - also full-width, Arabic, Greek


@dataclass(frozen=True, slots=True)
class Lines:
    """A range of lines, the end exclusive."""

    start: int
    end: int


def find(lines: list[str], raw: list[str], stop: int) -> Lines | None:
    """The lines to leave out, of those before `stop`; None to keep them all."""
    blocks = _blocks(lines, stop)
    if not 0 < len(blocks) <= _BLOCKS_LIMIT:
        return None
    last = blocks[-1]
    introduction = _introduction(lines, last)
    if not signature.only_footers(lines, raw, last.end, stop):
        return _above_the_answer(lines, blocks, introduction)
    if introduction is not None:
        answered_inside = any(_introduction(lines, block) is not None for block in blocks[:-1])
        return None if answered_inside else Lines(introduction, stop)
    if len(blocks) == 1 and (start := _start_of_evident_mail(lines, last)) is not None:
        return Lines(start, stop)
    return None


def _above_the_answer(lines: list[str], blocks: list[Lines], introduction: int | None) -> Lines | None:
    """The one quotation at the top. One that ends in a question is what the next line answers: it stays."""
    if len(blocks) > 1 or introduction is None or any(lines[:introduction]):
        return None
    block = blocks[0]
    asked = unquoted(
        next(line for line in reversed(lines[: block.end]) if unquoted(line)[1] or line[:1] != ">")
    )[1]
    return None if asked.endswith(_QUESTIONS) else Lines(0, block.end)


def _blocks(lines: list[str], stop: int) -> list[Lines]:
    """The runs of quoted lines; blank lines between quoted ones belong to the run."""
    found: list[Lines] = []
    fences = Fences()
    start = end = -1
    for position in range(stop):
        line = lines[position]
        if not line:
            continue
        if line[0] == ">" and not fences.open:
            start = position if start < 0 else start
            end = position + 1
            continue
        fences.inside(line)
        if start >= 0:
            found.append(Lines(start, end))
            start = -1
    if start >= 0:
        found.append(Lines(start, end))
    return found


def _introduction(lines: list[str], block: Lines) -> int | None:
    """Where the line above the quotation begins; its own start if that line is inside, as with Apple Mail."""
    above = _above(lines, block.start)
    if above is not None:
        found = attribution.find_above(lines, above, quotation=True)
        if found is not None or lines[above].endswith(":"):
            return found
    head = _head(lines, block)
    for position in range(min(len(head), _HEAD_LINES)):
        if attribution.find_above(head, position, quotation=True) == 0:
            return block.start
    return block.start if head and (original.is_separator(head[0]) or _is_header(head)) else None


def _head(lines: list[str], block: Lines) -> list[str]:
    """The quotation's first lines without their marks, from its first that is not empty."""
    bare = [unquoted(line)[1] for line in lines[block.start : min(block.end, block.start + 2 * _HEAD_LINES)]]
    first = next((at for at, line in enumerate(bare) if line), len(bare))
    return bare[first : first + _HEAD_LINES]


def _is_header(head: list[str]) -> bool:
    block = header_block.read(head, 0)
    return block.sound and block.lines >= _HEADER_FIELDS and "from" in block.fields


def _start_of_evident_mail(lines: list[str], block: Lines) -> int | None:
    """Where a quotation without an introduction begins, if its own lines show a mail."""
    above = _above(lines, block.start)
    named = above is not None and attribution.names_somebody(lines[above])
    if above is None or (lines[above].endswith(":") and not named):
        return None  # "the log says:"
    head = _head(lines, block)
    greeted = bool(head) and fold(head[0][:_EVIDENCE_LINES]).startswith(_GREETINGS)
    return (above if named else block.start) if greeted or _evident(lines, block) else None


def _evident(lines: list[str], block: Lines) -> bool:
    """Quotations inside the quotation, a signature, a help desk's line: a log has none of these."""
    depths = set()
    for line in lines[block.start : min(block.end, block.start + _EVIDENCE_LINES)]:
        depth, rest = unquoted(line)
        if rest:
            depths.add(depth)
        if rest == "--" or (rest and original.says_reply_above(rest)):
            return True
    return 1 in depths and len(depths) > 1


def _above(lines: list[str], start: int) -> int | None:
    return next((at for at in range(start - 1, -1, -1) if lines[at]), None)
