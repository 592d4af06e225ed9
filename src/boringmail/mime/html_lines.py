"""Lays text out in lines as a plain-text mail would have it: quotes behind `> `, list items behind `- `."""

import re

_WHITE_SPACE = re.compile(r"[ \t\n\r\f]+")
_RUN = re.compile(r"[\t\n\r\f]|  ")
_BLANK_LINES_LIMIT = 2
_QUOTE_LIMIT = 20
_INDENT_LIMIT = 8
LIMIT_CHARACTERS = 4_194_304


class Lines:
    """Lines under way. Nothing here nests: deep input only moves counters."""

    def __init__(self) -> None:
        self.full = False
        self._done: list[str] = []
        self._line: list[str] = []
        self._spaced = True  # whether a further space would be one too many
        self._quotes = 0
        self._blank = 0
        self._gap = False  # whether a blank line is due in front of the next one
        self._depth = 0  # of quotation, in the line before
        self._length = 0
        self._counters: list[int] = []  # per open list: the number of its last item; -1 in an unordered one

    def text(self, words: str) -> None:
        """Adds text in which white space counts as one space (HTML's rule outside `pre`)."""
        if _RUN.search(words):
            words = _WHITE_SPACE.sub(" ", words)
        if self._spaced and words[:1] == " ":
            words = words[1:]
        if words:
            self._line.append(words)
            self._spaced = words[-1] == " "

    def preformatted(self, words: str) -> None:
        """Adds text whose line ends and spaces count."""
        first, *others = words.split("\n")
        self._line.append(first)
        for line in others:
            self.line_break()
            self._line.append(line)
        self._spaced = False

    def mark(self, words: str) -> None:
        """Adds words that belong to the line, if there is one: a link's address, a cell's edge."""
        if self._line:
            self._line.append(words)
            self._spaced = words[-1] in " \t"

    def line_break(self) -> None:
        """Ends the line, also an empty one."""
        line = "".join(self._line).rstrip(" \t")
        self._line.clear()
        self._spaced = True
        depth = min(self._quotes, _QUOTE_LIMIT)
        if line and self._gap and not self._blank:
            self._append(">" * min(depth, self._depth))
        self._gap = False
        self._blank = 0 if line else self._blank + 1
        if self._blank > _BLANK_LINES_LIMIT or (not line and not self._done):
            return
        self._depth = depth
        self._append(f"{'>' * depth} {line}" if depth and line else ">" * depth + line)

    def _append(self, line: str) -> None:
        self._length += len(line) + 1
        if self._length > LIMIT_CHARACTERS:
            self.full = True
        else:
            self._done.append(line)

    def block(self) -> None:
        """Begins a line of its own."""
        if self._line:
            self.line_break()

    def paragraph(self) -> None:
        """Begins a line of its own below a blank one."""
        self.block()
        self._gap = bool(self._done)

    def quote(self, change: int) -> None:
        """Begins or ends a quotation."""
        self.paragraph()
        self._quotes = max(0, self._quotes + change)

    def open_list(self, *, ordered: bool) -> None:
        """Begins a list, perhaps inside another."""
        self.block() if self._counters else self.paragraph()
        if len(self._counters) < _INDENT_LIMIT:
            self._counters.append(0 if ordered else -1)

    def close_list(self) -> None:
        """Ends the innermost list."""
        self.block()
        if self._counters:
            self._counters.pop()
        if not self._counters:
            self.paragraph()

    def item(self) -> None:
        """Begins an item of the innermost list."""
        self.block()
        number = self._counters[-1] if self._counters else -1
        if number >= 0:
            self._counters[-1] = number = number + 1
        self._line.append("  " * (len(self._counters) - 1) + (f"{number}. " if number >= 0 else "- "))
        self._spaced = True

    def position(self) -> tuple[int, int, int]:
        """Where we are, for `back`."""
        return len(self._done), len(self._line), self._length

    def back(self, position: tuple[int, int, int]) -> None:
        """Takes away what was added since; a line that was begun before stays as it then was, at most."""
        done, line, self._length = position
        if len(self._done) == done:
            del self._line[line:]
        else:
            del self._done[done + (1 if line else 0) :]
            self._line.clear()
        self._spaced = not self._line
        self._blank = 0

    def result(self) -> str:
        """All lines."""
        self.block()
        while self._done and not self._done[-1].strip("> "):
            self._done.pop()
        return "\n".join(self._done)
