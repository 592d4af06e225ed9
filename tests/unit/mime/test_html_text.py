"""Text made from HTML, and HTML that breaks what makes it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.mime import html_lines, html_text, message


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>Hello&nbsp;<b>Joe</b>,<br>second\n  line</p><p>new</p>", "Hello Joe,\nsecond line\n\nnew"),
        ("<title>T</title><style>p{}</style>x<script>alert('<p>')</script>y", "xy"),
        ("a<!-- <b>no</b> -->b", "ab"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("see <a href='https://example.com/x'>this</a>", "see this <https://example.com/x>"),
        ('<a href="https://www.example.com/">example.com</a>', "example.com"),
        ('<a href="mailto:a@example.com">a@example.com</a>', "a@example.com"),
        ('<a href="javascript:alert(1)">x</a><a href="cid:1">y</a>', "xy"),
        ("<ul><li>one<li>two<ol><li>x</li><li>y</li></ol></ul>end", "- one\n- two\n  1. x\n  2. y\n\nend"),
        ("<table><tr><td>Name<td>Joe<tr><td>Age<td>3</table>", "Name\tJoe\nAge\t3"),
        ("x<blockquote>a<br>b<blockquote>c</blockquote></blockquote>y", "x\n\n> a\n> b\n>\n>> c\n\ny"),
        ("<blockquote style='margin:0 0 0 40px;border:none'>indented</blockquote>", "indented"),
        ("<blockquote style='border:none' type='cite'>quoted</blockquote>", "> quoted"),
        ("<pre>  a\n   b</pre>", "  a\n   b"),
        ("a<hr>b", "a\n" + "_" * 32 + "\nb"),
        ('<img src="cid:1" alt="Logo"><img src="x">', "[Logo]"),
        ('<span style="display:none">preview</span>text', "text"),
        ('<span style="display:none">never closed', "never closed"),
        ("<div style='display:none'>a<div>b</div>c</div>d", "d"),
        ("1 < 2 & 3 > 2 &lt;x&gt; &#246; &euro;", "1 < 2 & 3 > 2 <x> ö €"),
        ('<a title="a > b" href=https://example.com>x</a>', "x <https://example.com>"),
        ("<p unfinished", "<p unfinished"),
        ('<p title="open>x</p>', "x"),
        ("", ""),
    ],
)  # fmt: skip
def test_convert(source: str, expected: str):
    assert html_text.convert(source) == (expected, True)


HOSTILE = {
    "deep": "<div>" * 100_000 + "x",
    "deep quotes": "<blockquote>" * 100_000 + "<br>y" * 100_000,
    "opening marks": "<" * 4_000_000,
    "ampersands": "&" * 4_000_000,
    "open quotes": '<a "' * 1_000_000 + ">",
    "open comments": "<!--" * 1_000_000,
    "bold": "<b>" * 1_300_000,
    "breaks": "<br>" * 1_000_000,
    "hidden": "<i style=display:none>" * 170_000,
    "rules in quotes": "<blockquote>" * 20 + "<hr>" * 1_000_000,
    "attributes": "<a " + "href " * 800_000 + ">",
    "lists": "<ul><li>x" * 400_000,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_html_costs_little(source: str):
    before = time.process_time()
    converted, _ = html_text.convert(source)
    assert time.process_time() - before < 10
    assert len(converted) <= html_lines.LIMIT_CHARACTERS


MARKS = st.sampled_from(
    ["<p>", "</p>", "<br>", "<a href='http://x'>", "</a>", "<blockquote>", "</blockquote>", "<ul>", "<li>",
     "<!--", "-->", "<pre>", "</pre>", "<i style='display:none'>", "</i>", "<script>", "</script>", "<", ">",
     '"', "&amp;", "&#0;", " "]
)  # fmt: skip


@given(st.lists(MARKS | st.text(max_size=5), max_size=40).map("".join))
def test_no_html_makes_it_raise(source: str):
    html_text.convert(source)[0].encode("utf-8", "replace")


@given(
    st.lists(st.sampled_from(["<p>", "</p>", "<b>", "</b>", "<div>", "<td>", "<li>", "a", "b"])).map("".join)
)
def test_no_visible_letter_is_lost(source: str):
    letters = "".join(character for character in html_text.convert(source)[0] if character in "ab")
    assert letters == "".join(piece for piece in source.replace("<", "|<").replace(">", ">|").split("|")
                              if not piece.startswith("<"))  # fmt: skip


def test_a_mail_with_only_html_has_a_text_that_says_where_it_is_from():
    only = message.parse(b"Content-Type: text/html\r\n\r\n<p>Hello<br>there")
    assert (only.text, only.html, only.text_from_html) == ("Hello\nthere", "<p>Hello<br>there", True)
    plain = message.parse(b"\r\nHello")
    assert (plain.text, plain.html, plain.text_from_html) == ("Hello", None, False)
    neither = message.parse(b"Content-Type: image/png\r\n\r\nx")
    assert (neither.text, neither.html, neither.text_from_html) == (None, None, False)


def test_an_empty_text_beside_html_is_none():
    parsed = message.parse(
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\n \r\n--b\r\n"
        b"Content-Type: text/html\r\n\r\n<p>Hello\r\n--b--\r\n"
    )
    assert (parsed.text, parsed.text_from_html) == ("Hello", True)
