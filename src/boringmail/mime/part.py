"""The parts of a message (RFC 2046): found by offsets in one buffer, with bounded depth, number and work."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from boringmail.mime import header, parameter, text, transfer
from boringmail.mime.header import Fields

# Real mail nests below ten and has some dozens of parts. 1,000 levels (44 kB) are an attack.
DEPTH_LIMIT = 50
PARTS_LIMIT = 1_000
# Lines that begin like a boundary, over the whole message.
CANDIDATES_LIMIT = 20_000
_META = re.compile(rb"""<meta\b[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
_META_LIMIT_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Part:
    """A part without sub-parts. `message/*` counts as one: an attached mail is an attachment."""

    fields: Fields
    content_type: str
    parameters: dict[str, str]
    encoded: bytes

    def content(self) -> tuple[bytes, str | None]:
        """The decoded bytes, and the name of what was wrong."""
        encoding = parameter.parse(self.fields.raw("content-transfer-encoding"))[0]
        return transfer.decode(self.encoded, encoding)

    def text(self) -> tuple[str, str | None]:
        """The decoded text, and the name of what was wrong."""
        data, problem = self.content()
        decoded, known = text.decode_body(data, self.parameters.get("charset") or self._meta_charset(data))
        return text.lines(decoded), problem or (None if known else "unknown_charset")

    def _meta_charset(self, data: bytes) -> str:
        """What an HTML page says of itself counts when its header says nothing."""
        found = _META.search(data, 0, _META_LIMIT_BYTES) if self.content_type == "text/html" else None
        return found[1].decode("ascii") if found else ""


@dataclass(slots=True)
class Tree:
    """The parts of one message in order, its header, and the names of what was wrong."""

    fields: Fields = field(default_factory=lambda: Fields([]))
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    candidates: int = 0
    fields_left: int = header.FIELDS_LIMIT


def walk(data: bytes) -> Tree:
    """Finds the parts of a message. Never raises on any bytes; never recurses deeper than DEPTH_LIMIT."""
    tree = Tree()
    if _has_bare_returns(data):
        data = _with_line_feeds(data)
    _visit(tree, data, 0, len(data), depth=0, default_type="text/plain")
    return tree


def _has_bare_returns(data: bytes) -> bool:
    """Whether a header ends by CR CR before it ends by LF: lines that end in CR, or in CR CR LF."""
    end = data.find(b"\n\r\n") + 1 or len(data)
    end = data.find(b"\n\n", 0, end) + 1 or end
    return data.find(b"\r\r", 0, end) >= 0


def _with_line_feeds(data: bytes) -> bytes:
    return data.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _visit(tree: Tree, data: bytes, start: int, end: int, *, depth: int, default_type: str) -> None:
    fields, body, problem = header.split(data, start, end, fields_limit=tree.fields_left)
    tree.fields_left -= len(fields.all)
    if problem:
        tree.problems.append(problem)
    content_type, parameters = parameter.parse(fields.raw("content-type"))
    if content_type.count("/") != 1:
        content_type = default_type
    if depth == 0:
        tree.fields, tree.content_type, tree.parameters = fields, content_type, parameters
    if content_type.startswith("multipart/") and depth >= DEPTH_LIMIT:
        tree.problems.append("too_deep")  # kept whole, as one attachment
    elif content_type.startswith("multipart/"):
        inner = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
        before = len(tree.parts)
        boundary = parameters.get("boundary", "")
        for part_start, part_end in _split(tree, data, body, end, boundary) if boundary else ():
            if len(tree.parts) >= PARTS_LIMIT:
                tree.problems.append("too_many_parts")
                return
            _visit(tree, data, part_start, part_end, depth=depth + 1, default_type=inner)
        if len(tree.parts) > before:
            return
        tree.problems.append("multipart_without_parts" if boundary else "multipart_without_boundary")
        if not data[body:end].strip():
            return
        content_type = "text/plain"  # so that whatever the sender wrote is seen
    tree.parts.append(Part(fields, content_type, parameters, data[body:end]))


def _split(tree: Tree, data: bytes, start: int, end: int, boundary: str) -> Iterator[tuple[int, int]]:
    """Offsets of the parts between delimiter lines (RFC 2046 5.1.1). A missing last delimiter is forgiven."""
    dashes = b"--" + boundary.encode()
    opened: int | None = None
    for line in _lines_beginning(data, start, end, dashes):
        tree.candidates += 1
        if tree.candidates > CANDIDATES_LIMIT:
            tree.problems.append("too_many_parts")
            break
        line_end = data.find(b"\n", line, end)
        next_line = end if line_end < 0 else line_end + 1
        tail = data[line + len(dashes) : next_line].strip(b" \t\r\n")
        if tail and not tail.startswith(b"--"):
            continue  # a longer boundary that begins with ours
        if opened is not None:
            yield opened, max(opened, _before_line_end(data, line))
        # Parts after the last delimiter count: some senders give a multipart the boundary of its parent.
        opened = None if tail else next_line
    if opened is not None:
        yield opened, end


def _lines_beginning(data: bytes, start: int, end: int, dashes: bytes) -> Iterator[int]:
    if data.startswith(dashes, start, end):
        yield start
    found = data.find(b"\n" + dashes, start, end)
    while found >= 0:
        yield found + 1
        found = data.find(b"\n" + dashes, found + 1, end)


def _before_line_end(data: bytes, line: int) -> int:
    """The line end in front of a delimiter belongs to the delimiter."""
    return line - 2 if data[line - 2 : line] == b"\r\n" else line - 1
