"""Undoes the soft line breaks of format=flowed (RFC 3676)."""

import re

_QUOTE = re.compile(r">*")
_SIGNATURE = "-- "


def unflow(text: str, *, delete_space: bool) -> str:
    """Paragraphs as single lines, quoted ones behind `> ` per level. `delete_space` is DelSp=yes (4.2)."""
    lines: list[str] = []
    paragraph: list[str] = []
    depth = 0
    for line in text.split("\n"):
        marks = _QUOTE.match(line)
        own_depth = marks.end() if marks else 0
        content = line[own_depth:]
        content = content.removeprefix(" ")  # space-stuffing (4.4)
        if paragraph and (own_depth != depth or content in {"", _SIGNATURE}):
            # A soft break at the end of a quote or before a signature counts as a hard one (4.5, 4.3);
            # so does one before a blank line, which the RFC would swallow.
            lines.append(_quoted(paragraph, depth))
            paragraph = []
        depth = own_depth
        flows = content.endswith(" ") and content != _SIGNATURE
        paragraph.append(content[:-1] if flows and delete_space else content)
        if not flows:
            lines.append(_quoted(paragraph, depth))
            paragraph = []
    if paragraph:
        lines.append(_quoted(paragraph, depth))
    return "\n".join(lines)


def _quoted(paragraph: list[str], depth: int) -> str:
    text = "".join(paragraph)
    if text != _SIGNATURE:
        text = text.rstrip(" ")
    return f"{'>' * depth} {text}" if depth and text else ">" * depth + text
