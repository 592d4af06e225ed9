"""Charsets as mailers label them: misspelt, invented, missing, or those of another text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.mime import charset, iso2022jp, message, text

JAPANESE = "先月の請求書を送っていただけますか。\r\nよろしくお願いします。\r\n"
RUSSIAN = "Здравствуйте, пришлите пожалуйста счёт за март. Спасибо, Иван\r\n"


@pytest.mark.parametrize(
    ("label", "data", "expected"),
    [
        ("utf8mb4", "ö😀".encode(), "ö😀"),
        ("cp-850", b"\x94", "ö"),
        ("Windows1252", b"\x80", "€"),
        ("win-1251", "да".encode("cp1251"), "да"),
        ("ansi_x3.110-1983", b"\xf6", "ö"),
        ("iso-8859-8-i", b"\xf9", "ש"),
        ("x-iso-8859-1", b"\xf6", "ö"),
        ("iso-8859-1:1987", b"\xf6", "ö"),
        ("iso-8859-1", b"\x93x\x94", "“x”"),  # what is sent as Latin 1 is Windows-1252
        ("ks_c_5601-1987", b"\x8c\x63", "똠"),
        ("gb2312", "镕".encode("gb18030"), "镕"),
        ("big5-hkscs", "香".encode("big5hkscs"), "香"),
        ("big5", "碁".encode("cp950"), "碁"),
        ("x-sjis", "①".encode("cp932"), "①"),
        ("macintosh", b"\x9a", "ö"),
        ("utf-7", b"+APY-", "ö"),
        ("unicode-1-1-utf-7", b"+APY-", "ö"),
        ("koi8-ru", b"\xc1", "\u0430"),
        ("tis-620", b"\xa1", "ก"),
        ("hz-gb-2312", b"~{VPND~}", "中文"),
        ("utf-8", b"J\xf6rg", "Jörg"),  # labelled UTF-8, but is not
        ("utf-8", "Jörg cut ö".encode()[:-1], "Jörg cut \ufffd"),  # one lost byte is no other charset
        ("iso-8859-15", "Jörg".encode(), "Jörg"),
        ("windows-1252", "Jörg".encode(), "Jörg"),
        ('"utf-8"; format=flowed', "ö".encode(), "ö"),
        ("utf-8 (comment)", "ö".encode(), "ö"),
        ("utf-8", b"\xef\xbb\xbfx", "x"),
        ("", "\ufeffa".encode("utf-16-le"), "a"),
        ("", b"\x1b$B@-\x1b(B", "性"),
        ("", b"J\xf6rg", "Jörg"),
    ],
)
def test_a_label_is_read_as_what_is_sent_under_it(label: str, data: bytes, expected: str):
    assert text.decode(data, label) == (expected, True)


@pytest.mark.parametrize("label", ["x-unknown", "unknown-8bit", "bogus", "base64", "\x00", "a" * 90, "idna"])
def test_an_invented_label_is_said_to_be_one(label: str):
    assert text.decode(b"J\xf6rg", label) == ("Jörg", False)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x1b$B-!\x1b(B", "①"),  # NEC row 13
        (b"\x1b(I12\x1b(B", "ｱｲ"),  # half-width katakana
        (b"\x1b$By!\x1b(B", "纊"),  # IBM's kanji in NEC's rows
        (b"a\x1b$BF|K\\\x1b(Bb", "a日本b"),
        (b"\x1b$BF|K\\\nplain", "日本\nplain"),  # forgot to return to ASCII
    ],
)
def test_japanese_mail_has_more_than_its_charset(data: bytes, expected: str):
    assert iso2022jp.decode(data) == expected


@given(st.text(alphabet="日本語の請求書ひらがなカタカナabc \n"))
def test_the_standard_part_of_iso_2022_jp_is_read_as_python_reads_it(sample: str):
    assert iso2022jp.decode(sample.encode("iso-2022-jp")) == sample


@pytest.mark.parametrize(
    ("encoding", "sample"),
    [("cp1251", RUSSIAN), ("koi8-r", RUSSIAN * 3), ("cp932", JAPANESE),
     ("gb18030", "您好。请把三月份的发票发给我。谢谢。王伟\r\n"),
     ("cp1252", "Où est passé le colis? Déjà reçu\r\n")],
)  # fmt: skip
def test_a_body_without_a_label_is_read_by_its_language(encoding: str, sample: str):
    parsed = message.parse(b"Subject: x\r\n\r\n" + sample.encode(encoding))
    assert (parsed.text, parsed.problems) == (sample.replace("\r\n", "\n"), [])


def test_a_page_without_a_label_is_read_by_its_own():
    page = '<meta http-equiv="x" content="text/html; charset=windows-1251"><p>да'.encode("cp1251")
    assert message.parse(b"Content-Type: text/html\r\n\r\n" + page).text == "да"


@given(st.binary(), st.sampled_from(["", "utf-8", "utf-7", "utf-16", "hz", "iso-2022-jp", "cp932", "\x00"]))
def test_every_charset_gives_strict_unicode(data: bytes, label: str):
    text.decode(data, label)[0].encode()
    text.decode_body(data, label)[0].encode()


@given(st.text(max_size=60))
def test_no_label_makes_it_raise(label: str):
    name = charset.codec(label)
    assert name is None or b"".decode(name) == ""
