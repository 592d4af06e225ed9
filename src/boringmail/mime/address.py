"""Address lists (RFC 5322 3.4), read in one pass with what senders really write."""

import functools
import re
from dataclasses import dataclass, field

from boringmail.mime import text
from boringmail.mime.header import decode_words

# An encoded word is one token: senders leave commas and colons in it.
_TOKEN = re.compile(
    r'\s+|"((?:[^"\\]|\\.)*)"?|([(<>,;:])|(=\?[^?\s]{1,64}\?[bBqQ]\?[^?]*\?=|[^\s"(<>,;:]+)', re.DOTALL
)
_PARENTHESIS = re.compile(r"\\.|[()]", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BARE = re.compile(r"[^@]+@[^@]+")
# A sender that put name and address into one encoded word.
_WHOLE = re.compile(r"([^<>]*)<([^<>@\s]+@[^<>@\s]+)>")
LIMIT = 5_000
# Characters; Postfix cuts a header field at half of it (header_size_limit).
_LENGTH_LIMIT = 200_000
_USUAL_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox; the address is empty when the sender wrote only a name."""

    name: str
    address: str


@dataclass(slots=True)
class _Reader:
    """What has been read of the mailbox at hand."""

    words: list[tuple[str, bool]] = field(default_factory=list)
    comment: str = ""
    angle: list[str] | None = None
    closed: bool = False
    found: list[Address] = field(default_factory=list)

    def finish(self) -> None:
        if self.angle is not None:
            address, name = _without_route("".join(self.angle)), self._phrase() or self.comment
        else:
            address, name = self._without_angle()
        if address or name:
            name = text.single_line(decode_words(name))
            if not address and (whole := _WHOLE.fullmatch(name)):
                name, address = whole[1].strip('" '), whole[2]
            self.found.append(Address(name, text.single_line(address)))
        self.reset()

    def _without_angle(self) -> tuple[str, str]:
        """Address and name of `joe@example.com`, and of `Joe Doe joe@example.com`, as some scripts write."""
        bare = [word for word, quoted in self.words if not quoted and _BARE.fullmatch(word)]
        if len(bare) == 1 and len(self.words) > 1:
            self.words.remove((bare[0], False))
            return bare[0], self._phrase()
        joined = "".join(f'"{word}"' if quoted else word for word, quoted in self.words)
        return (joined, self.comment) if "@" in joined else ("", self._phrase())

    def reset(self) -> None:
        self.words, self.comment, self.angle, self.closed = [], "", None, False

    def word(self, word: str, *, quoted: bool) -> None:
        if self.angle is not None and not self.closed:
            self.angle.append(f'"{word}"' if quoted else word)
        else:
            self.words.append((word, quoted))

    def special(self, mark: str) -> None:
        inside = self.angle is not None and not self.closed
        if mark == "<" and not inside:
            self.angle = []
        elif mark == ">" and inside:
            self.closed = True
        elif inside and self.angle is not None and (mark == ":" or self._in_route()):
            self.angle.append(mark)
        elif mark in ",;":
            self.finish()
        elif mark == ":":
            self._colon()

    def _in_route(self) -> bool:
        return bool(self.angle) and self.angle is not None and self.angle[0].startswith("@")

    def _colon(self) -> None:
        # A group's name (RFC 5322 3.4) goes; the colon of an unquoted "[IPv6:2001:db8::1]" stays.
        if self.words and "[" in self.words[-1][0]:
            self.words.append((":", False))
        else:
            self.reset()

    def _phrase(self) -> str:
        return " ".join(_ESCAPED.sub(r"\1", word) if quoted else word for word, quoted in self.words)


def parse(raw: str) -> list[Address]:
    """The mailboxes of an undecoded header field, at most LIMIT. Never raises."""
    return list(_usual(raw)) if len(raw) <= _USUAL_LENGTH else _parse(raw[:_LENGTH_LIMIT])


def _parse(raw: str) -> list[Address]:
    reader = _Reader()
    position = 0
    while position < len(raw) and len(reader.found) < LIMIT:
        match = _TOKEN.match(raw, position)
        if match is None:  # a lone backslash or the like
            position += 1
            continue
        position = match.end()
        if match[2] == "(":
            start, position = position, _comment_end(raw, position)
            reader.comment = raw[start : position - 1].strip()
        elif match[2]:
            reader.special(match[2])
        elif match[3]:
            reader.word(match[3], quoted=False)
        elif match[1] is not None:
            reader.word(match[1], quoted=True)
    reader.finish()
    return reader.found


# Who wrote a mail is asked for several times while it is read.
_usual = functools.lru_cache(maxsize=256)(_parse)


def _comment_end(raw: str, position: int) -> int:
    depth = 1
    for match in _PARENTHESIS.finditer(raw, position):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    return len(raw) + 1


def _without_route(address: str) -> str:
    return address.rpartition(":")[2] if address.startswith("@") else address
