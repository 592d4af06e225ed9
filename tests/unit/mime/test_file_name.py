"""File names that senders write, and what is left of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.mime import file_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.doc", "y.doc"),
        ("..", None),
        ("", None),
        ("a/", None),
        ("...", None),
        (" . ", None),
        ("ö.txt", "ö.txt"),
        ("a.exe. . ", "a.exe"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1 .log", "_com1 .log"),
        ("console.txt", "console.txt"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("a\u200b.p\u00addf", "a.pdf"),
        ("a\r\nb\x00.txt", "ab.txt"),
        ("report: 1|2?.pdf", "report_ 1_2_.pdf"),
        ("x.txt:stream", "x.txt_stream"),
        ("a\uff0fb.txt", "b.txt"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("ö" * 300 + ".pdf", "ö" * 125 + ".pdf"),
        ("x" * 300, "x" * 255),
        ("." + "x" * 300, "." + "x" * 254),
    ],
)
def test_file_names_are_inert(name: str, expected: str | None):
    assert file_name.inert(name) == expected


@given(st.text() | st.text(alphabet="con.123 /\\:\u202e", max_size=300))
def test_every_name_is_inert(name: str):
    made = file_name.inert(name.encode("utf-8", "replace").decode())
    if made is not None:
        assert 0 < len(made.encode()) <= file_name.LENGTH_LIMIT_BYTES
        assert not set(made) & set('/\\:*?"<>|\x00\n\u202e')
        assert made[-1] not in ". "
        assert file_name.inert(made) == made
