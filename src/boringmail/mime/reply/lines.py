"""A text as lines for looking at: without marks of direction, quoting or layout. The text stays as it is."""

FULL_WIDTH_COLON = "\uff1a"  # what Chinese programs write
COLONS = (":", FULL_WIDTH_COLON)

_TAIL_LENGTH = 40
# Programs put names and quote marks into invisible marks of direction; U+FEFF and U+200B are strays.
_INVISIBLE = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_EDGES = _INVISIBLE + " \t\xa0\u3000"
_REMOVED = dict.fromkeys(map(ord, _INVISIBLE)) | {0xA0: " ", 0x3000: " "}


def bare(raw: list[str]) -> list[str]:
    """Each line without blanks and invisible marks at its edges.

    The end of an address that wraps, `>:` or `> wrote:`, looks like a quotation; it loses its mark.
    """
    lines = [line.strip(_EDGES) for line in raw]
    for position, line in enumerate(lines):
        if line and line[0] == ">" and line[-1] == ":" and position and len(line) < _TAIL_LENGTH:
            above = lines[position - 1]
            if "@" in above and above.rfind("<") > above.rfind(">") and above[0] != ">":
                lines[position] = line[1:].strip()
    return lines


def fold(line: str) -> str:
    """For comparing with the tables: lower case, single blanks, no invisible marks."""
    return " ".join(line.translate(_REMOVED).casefold().split())


def unquoted(line: str) -> tuple[int, str]:
    """How many quote marks a bare line begins with, and the line without them."""
    depth = 0
    position = 0
    for position, character in enumerate(line):  # noqa: B007 - the position after the loop is where it ended
        if character == ">":
            depth += 1
        elif character not in _EDGES:
            break
    else:
        position = len(line)
    return depth, line[position:]


class Fences:
    """Follows Markdown's fences (three backquotes) down a text: between two of them stands an excerpt."""

    def __init__(self) -> None:
        self.open = False

    def inside(self, line: str) -> bool:
        """Whether a line, given in the order of the text, is a fence or stands between two."""
        if line.startswith("```"):
            self.open = not self.open
            return True
        return self.open
