"""Text of an HTML mail that came without any, for people and for the cutting of quotes.

One pass over the tags, no tree: what it costs grows with the length alone. Of the living libraries none does
(4 MB or less of hostile HTML, CPU): selectolax (lexbor) 19 s for 100,000 nested elements, html2text 24 s for
ampersands, and inscriptis (libxml2) gives up on such nesting and returns nothing.
"""

import re

from boringmail.mime import text
from boringmail.mime.html_lines import Lines

# A tag as it should be, or (second branch) the beginning of one that has to be looked at more closely. The
# first stops at the next `<`, so that text full of unfinished tags is not read again and again.
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})([^<>"']*+(?:"[^"<>]*+"[^<>"']*+|'[^'<>]*+'[^<>"']*+)*+)>|<[a-zA-Z/!?]"""
)
_NAME = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})")
# A `>` inside quotes does not end a tag.
_ATTRIBUTES = re.compile(r"""[^>"']*+(?:"[^"]*+"[^>"']*+|'[^']*+'[^>"']*+)*+>""")
_ATTRIBUTES_LIMIT = 16_384
# Tags with unbalanced quotes, after which quotes are no longer looked at.
_UNBALANCED_LIMIT = 200
_ATTRIBUTE = re.compile(r"""\b(href|alt)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?|ftp|tel|mailto):[^\s<>]{1,2000}", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
# Editors indent with a blockquote that has no border; a quotation has one, or a class or type="cite".
_NO_BORDER = re.compile(r"border\s*:\s*none", re.IGNORECASE)
_QUOTATION = re.compile(r"\b(?:cite|quote)", re.IGNORECASE)
_DROPPED = {
    name: re.compile(rf"</{name}\b[^>]*>?", re.IGNORECASE)
    for name in ("script", "style", "title", "template", "svg", "iframe", "object", "select")
}
_BLOCKS = frozenset([
    "address", "article", "aside", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure",
    "footer", "form", "header", "html", "main", "nav", "section", "table", "tbody", "thead", "tfoot",
    "tr", "caption",
])  # fmt: skip
_PARAGRAPHS = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "pre"])
_MEANING = _BLOCKS | _PARAGRAPHS | {"br", "a", "img", "td", "th", "li", "ul", "ol", "blockquote", "hr"}
_NEVER_HIDDEN = frozenset(["img", "br", "hr", "body", "html"])
_RULE = "_" * 32


def convert(source: str) -> tuple[str, bool]:
    """The text, and whether all of it is there. Never raises."""
    return _Converter(source).run()


class _Converter:
    def __init__(self, source: str) -> None:
        self._source = source
        self._lines = Lines()
        self._unbalanced = 0
        self._preformatted = 0
        self._link: str | None = None
        self._link_text: list[str] = []
        self._hidden: tuple[str, int, tuple[int, int, int]] | None = None
        self._quotes: list[bool] = []
        self._comments_end = True

    def run(self) -> tuple[str, bool]:
        source, position, lines = self._source, 0, self._lines
        while not lines.full and (found := _TAG.search(source, position)):
            start = found.start()
            if start > position:
                self._text(source[position:start])
            if found[2] is None:
                position = self._markup(start)
            else:
                position = self._tag(found[2].lower(), found[3], found.end(), closing=bool(found[1]))
        if position < len(source) and not lines.full:
            self._text(source[position:])
        return text.lines(lines.result().replace("\xa0", " ")), not lines.full

    def _tag(self, tag: str, attributes: str, end: int, *, closing: bool) -> int:
        """Takes a tag into account; gives the offset from where to go on."""
        attributes = attributes[:_ATTRIBUTES_LIMIT]
        if closing:
            if tag in _MEANING or self._hidden is not None:
                self._close(tag)
        elif tag in _DROPPED and not attributes.endswith("/"):
            found = _DROPPED[tag].search(self._source, end)
            return found.end() if found else len(self._source)
        else:
            if self._hidden is not None or "none" in attributes or "hide" in attributes:
                self._hide(tag, attributes)
            if tag in _MEANING:
                self._open(tag, attributes)
        return end

    def _text(self, raw: str) -> None:
        words = text.unescape(raw)
        if self._preformatted:
            self._lines.preformatted(words.replace("\r\n", "\n"))
        else:
            self._lines.text(words)
        if self._link is not None:
            self._link_text.append(words)

    def _markup(self, start: int) -> int:
        """Reads what begins at a `<`; gives the offset behind it."""
        source = self._source
        if self._comments_end and source.startswith("<!--", start):
            end = source.find("-->", start + 2)
            self._comments_end = end >= 0
            return end + 3 if end >= 0 else start + 4
        name = _NAME.match(source, start + 1)
        end = self._tag_end(name.end() if name else start + 1)
        if end < 0:  # no further tag at all
            self._text(source[start:])
            return len(source)
        if name is None:
            return end
        return self._tag(name[2].lower(), source[name.end() : end - 1], end, closing=bool(name[1]))

    def _tag_end(self, start: int) -> int:
        if self._unbalanced < _UNBALANCED_LIMIT:
            match = _ATTRIBUTES.match(self._source, start, start + _ATTRIBUTES_LIMIT)
            if match:
                return match.end()
            self._unbalanced += 1
        return self._source.find(">", start) + 1 or -1

    def _open(self, tag: str, attributes: str) -> None:
        lines = self._lines
        if tag == "br":
            lines.line_break()
        elif tag == "a":
            self._open_link(attributes)
        elif tag == "img":
            alternative = _attribute(attributes, "alt").strip()
            if alternative:
                lines.text(f"[{alternative}]")
        elif tag in _BLOCKS:
            lines.block()
        elif tag in _PARAGRAPHS:
            lines.paragraph()
            self._preformatted += tag == "pre"
        elif tag in {"td", "th"}:
            lines.mark("\t")
        else:
            self._open_rare(tag, attributes)

    def _open_rare(self, tag: str, attributes: str) -> None:
        lines = self._lines
        if tag == "li":
            lines.item()
        elif tag in {"ul", "ol"}:
            lines.open_list(ordered=tag == "ol")
        elif tag == "blockquote":
            quoted = not _NO_BORDER.search(attributes) or bool(_QUOTATION.search(attributes))
            self._quotes.append(quoted)
            lines.quote(1) if quoted else lines.paragraph()
        elif tag == "hr":
            lines.block()
            lines.text(_RULE)
            lines.block()

    def _close(self, tag: str) -> None:
        lines = self._lines
        if tag == "a":
            self._close_link()
        elif tag in _BLOCKS:
            lines.block()
        elif tag in _PARAGRAPHS:
            lines.paragraph()
            self._preformatted = max(0, self._preformatted - (tag == "pre"))
        elif tag in {"ul", "ol"}:
            lines.close_list()
        elif tag == "blockquote" and self._quotes:
            lines.quote(-1) if self._quotes.pop() else lines.paragraph()
        if self._hidden is not None and self._hidden[0] == tag:
            self._show()

    def _hide(self, tag: str, attributes: str) -> None:
        """Remembers where hidden text begins; it goes only when its end is found: in doubt, keep."""
        if self._hidden is not None:
            if self._hidden[0] == tag:
                self._hidden = (tag, self._hidden[1] + 1, self._hidden[2])
        elif tag not in _NEVER_HIDDEN and _HIDDEN.search(attributes):
            self._hidden = (tag, 1, self._lines.position())

    def _show(self) -> None:
        if self._hidden is None:
            return
        tag, depth, position = self._hidden
        self._hidden = (tag, depth - 1, position) if depth > 1 else None
        if self._hidden is None:
            self._lines.back(position)

    def _open_link(self, attributes: str) -> None:
        address = _attribute(attributes, "href").strip()
        self._link = address if _ADDRESS.fullmatch(address) else None
        self._link_text = []

    def _close_link(self) -> None:
        """Adds the link's address behind its text, unless that is the address."""
        if self._link is None:
            return
        words = "".join(self._link_text).strip()
        bare = (
            self._link.partition(":")[2] if self._link.lower().startswith(("mailto:", "tel:")) else self._link
        )
        if words and _core(words) != _core(bare):
            self._lines.mark(f" <{bare}>")
        self._link = None


def _attribute(attributes: str, name: str) -> str:
    for match in _ATTRIBUTE.finditer(attributes):
        if match[1].lower() == name:
            return text.unescape(match[2] or match[3] or match[4] or "")
    return ""


def _core(address: str) -> str:
    """What of an address people write: neither scheme nor `www.` nor the last slash."""
    return address.lower().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
