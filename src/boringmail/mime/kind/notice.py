"""The text that a mail server wrote to a person, without the copy of the original below it."""

import re

from boringmail.mime import text
from boringmail.mime.kind import original, phrases
from boringmail.mime.part import Tree

_LINES_LIMIT = 400
_TAG = re.compile(r"<(?![^\s<>@]{1,128}@)(/?[a-zA-Z!][^<>]{0,2000})>")
_BREAKS = re.compile(r"/?(?:br|p|div|tr|li|h[1-6])\b", re.IGNORECASE)
_HIDDEN = re.compile(r"<(style|script|head)\b[^>]{0,500}>", re.IGNORECASE)
_ENDS = {name: re.compile(f"</{name}>", re.IGNORECASE) for name in ("style", "script", "head")}
_MESSAGE_ID = re.compile(r"^[ \t>]{0,8}message-id:[ \t]{0,8}<([^<>\s]{1,998})>", re.IGNORECASE | re.MULTILINE)
# Where the copy begins, in the words of the servers, behind marks and dashes.
_MARKS = " \t>*-"
_COPY = re.compile(
    phrases.any_of(r"""
-+ ?(?:this is a copy of|enclosed is a copy)
-+ ?(?:below this line is a copy|original message (?:follows|header|text|is))
-+ ?(?:the (?:body|header) of the (?:original )?message|unsent message)
-+ ?(?:returned message|message (?:header|text)s? follow|the following is a copy)
-+ ?(?:original (?:message|mail|header)|start of returned|undelivered message|forwarded message)
-+ ?(?:transcript of the original|message headers?)
-+ ?(?:return(?:ed)? message|nachricht|urspr.ngliche nachricht)
original (?:message )?headers?:
the (?:first|original|header|text|full) .{0,50}(?:message|mail) (?:is|follows|are)\b.{0,20}$
received: (?:from|by|\(qmail)
return-path: <
message headers:
original message follows
"""),
    re.IGNORECASE,
)


def lines(tree: Tree) -> list[str]:
    """Its lines, at most _LINES_LIMIT; none if the mail has no text."""
    return _before_copy(_text(tree).split("\n", _LINES_LIMIT)[:_LINES_LIMIT])


def copied_id(tree: Tree) -> str | None:
    """The Message-ID in a copy of the original that stands in the text, below the notice."""
    found = _MESSAGE_ID.search(_text(tree))
    return original.line(found[1]) if found else None


def _text(tree: Tree) -> str:
    part = next((p for p in tree.parts if p.content_type == "text/plain"), None) or next(
        (p for p in tree.parts if p.content_type in {"text/html", "text/x-html"}), None
    )
    if part is None:
        return ""
    content = original.head(part).text()[0]
    if part.content_type == "text/plain":
        return content
    return text.unescape(_TAG.sub(_line_end, _visible(content)))


def _visible(content: str) -> str:
    """Without what no reader shows. What has no end stays, and is not searched for again."""
    pieces, position, endless = [], 0, set()
    while found := _HIDDEN.search(content, position):
        name = found[1].lower()
        end = None if name in endless else _ENDS[name].search(content, found.end())
        if end is None:
            endless.add(name)
        pieces.append(content[position : found.end() if end is None else found.start()])
        position = (end or found).end()
    return " ".join([*pieces, content[position:]])


def _line_end(tag: re.Match[str]) -> str:
    return "\n" if _BREAKS.match(tag[1]) else " "


def _before_copy(found: list[str]) -> list[str]:
    for number, line in enumerate(found):
        if number and _begins_copy(line[:200]):
            return found[:number]
    return found


def _begins_copy(line: str) -> bool:
    bare = line.lstrip(_MARKS)
    dashed = line[: len(line) - len(bare)].rstrip(" ").endswith("-")
    return bool(_COPY.match(bare) or (dashed and _COPY.match(f"-{bare}")))
