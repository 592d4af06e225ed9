"""winmail.dat: what is in it, and files that promise what they do not hold."""

import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.mime import mapi, message, tnef
from tests.unit.mime import tnef_writer as write

PICTURE = b"\x89PNG\x00\x00\x00"
NAMED = (
    struct.pack("<HH", 0x1003, 0x8001)
    + b"g" * 16
    + struct.pack("<II", 1, 6)
    + b"x\0y\0\0\0\0\0"
    + struct.pack("<III", 2, 1, 2)
)
FULL = write.file(
    write.attribute(write.CODE_PAGE, struct.pack("<II", 1251, 0)),
    write.attribute(write.MESSAGE_PROPERTIES, write.properties(
        NAMED, write.text_property(mapi.BODY, "Grüße"), write.number_property(mapi.INTERNET_CODE_PAGE, 65001),
        write.binary_property(mapi.HTML, "<p>Grüße".encode()),
    )),
    write.attribute(write.RENDERING, b"\0" * 14),
    write.attribute(write.TITLE, b"RECHN~1.PDF\0"),
    write.attribute(write.DATA, b"%PDF \x00\x00"),
    write.attribute(write.ATTACHMENT, write.properties(
        write.text_property(mapi.LONG_FILE_NAME, "../Rechnung für März.pdf")
    )),
    write.attribute(write.RENDERING, b"\0" * 14),
    write.attribute(write.DATA, PICTURE),
    write.attribute(write.ATTACHMENT, write.properties(
        write.text_property(mapi.LONG_FILE_NAME, "logo.png"),
        write.text_property(mapi.MIME_TYPE, "image/png"),
        write.text_property(mapi.CONTENT_ID, "logo@x"),
    )),
)  # fmt: skip


def mail(content: bytes, kind: bytes = b"application/ms-tnef") -> bytes:
    return b'Content-Type: %s; name="winmail.dat"\r\n\r\n' % kind + content


def test_attachments_and_texts_take_the_place_of_the_file():
    parsed = message.parse(mail(FULL))
    assert (parsed.text, parsed.html, parsed.problems) == ("Grüße", "<p>Grüße", [])
    assert [
        (a.name, a.content_type, a.content_id, a.inline, a.content, a.container) for a in parsed.attachments
    ] == [
        ("Rechnung für März.pdf", "application/pdf", None, False, b"%PDF \x00\x00", "winmail.dat"),
        ("logo.png", "image/png", "logo@x", True, PICTURE, "winmail.dat"),
    ]


def test_it_is_known_also_without_its_type():
    parsed = message.parse(mail(FULL, b"application/octet-stream"))
    assert [attachment.name for attachment in parsed.attachments] == ["Rechnung für März.pdf", "logo.png"]


def test_the_mails_own_text_goes_before_the_one_inside():
    raw = (
        b"Content-Type: multipart/mixed; boundary=bbb\r\n\r\n--bbb\r\n\r\nown\r\n--bbb\r\n"
        + mail(FULL)
        + b"\r\n--bbb--\r\n"
    )
    assert message.parse(raw).text == "own"


def test_a_body_in_the_code_page_of_the_sender():
    found = tnef.unpack(write.file(
        write.attribute(write.CODE_PAGE, struct.pack("<II", 1251, 0)),
        write.attribute(write.BODY, "да\0".encode("cp1251")),
    ))  # fmt: skip
    assert (found.text, found.whole) == ("да", True)


def test_texts_inside_are_normalised_as_the_mails_own_are():
    hostile = "a\r\nb\rc\x1b[31md\x0c"
    parsed = message.parse(mail(write.file(write.attribute(write.MESSAGE_PROPERTIES, write.properties(
        write.text_property(mapi.BODY, hostile), write.text_property(mapi.HTML, hostile)
    )))))  # fmt: skip
    assert (parsed.text, parsed.html) == ("a\nb\nc [31md ", "a\nb\nc [31md ")


def test_a_forwarded_message_is_kept_as_a_file():
    inner = write.file(write.attribute(write.BODY, b"inner\0"))
    outer = write.file(
        write.attribute(write.RENDERING, b""),
        write.attribute(write.ATTACHMENT, write.properties(
            write.text_property(mapi.DISPLAY_NAME, "Re: x"),
            write.binary_property(mapi.DATA, mapi.MESSAGE_INTERFACE + inner, kind=0x0D),
        )),
    )  # fmt: skip
    (attachment,) = tnef.unpack(outer).attachments
    assert (attachment.name, attachment.content_type, attachment.content) == (
        "Re: x.dat",
        "application/ms-tnef",
        inner,
    )


def test_a_formatted_text_that_is_the_only_one_keeps_the_file():
    content = write.file(
        write.attribute(write.MESSAGE_PROPERTIES, write.properties(write.binary_property(mapi.RTF, b"LZFu")))
    )
    parsed = message.parse(mail(content))
    assert ([attachment.name for attachment in parsed.attachments], parsed.problems) == (["winmail.dat"], [])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no signature",
        FULL[: len(FULL) // 2],
        write.file(write.attribute(write.DATA, b"x", length=2**32 - 1)),
        write.file(
            write.attribute(
                write.MESSAGE_PROPERTIES, struct.pack("<I", 2**32 - 1) + b"\x03\x00\x00\x10\0\0\0\0"
            )
        ),
        write.file(write.attribute(write.MESSAGE_PROPERTIES, b"\x01")),
        write.file(write.attribute(write.RENDERING, b"") * (tnef.ATTACHMENTS_LIMIT + 1)),
    ],
    ids=["empty", "unsigned", "cut", "longer than the file", "four billion properties", "short", "too many"],
)
def test_what_cannot_be_read_is_kept_whole_and_named(content: bytes):
    parsed = message.parse(mail(content))
    assert parsed.attachments[0].content == content
    assert (parsed.attachments[0].name, parsed.problems) == ("winmail.dat", ["tnef_unreadable"])


def test_what_could_be_read_of_a_cut_file_is_there_beside_it():
    names = [attachment.name for attachment in message.parse(mail(FULL[:-20])).attachments]
    assert names[:2] == ["winmail.dat", "Rechnung für März.pdf"]


def test_a_bomb_costs_little():
    before = time.process_time()
    tnef.unpack(write.file(write.attribute(0x0001_8004, b"")) + write.attribute(0x0001_8004, b"") * 2_000_000)
    strings = struct.pack("<HHI", 0x101E, 1, 2**31) + b"\0" * 8_000_000
    tnef.unpack(write.file(write.attribute(write.MESSAGE_PROPERTIES, write.properties(strings))))
    assert time.process_time() - before < 3


@given(st.data())
def test_no_change_makes_it_raise(data: st.DataObject):
    content = bytearray(FULL)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=6))
    parsed = message.parse(mail(bytes(content)))
    assert "unexpected_error" not in parsed.problems
