"""Header fields and encoded words, as a table of what senders write."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.mime import header, parameter, text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?J=C3=B6rg?=", "Jörg"),
        ("=?UTF-8?B?SsO2cmc=?=", "Jörg"),
        ("=?iso-8859-1*de?q?J=F6rg?= Müller", "Jörg Müller"),
        ("a =?utf-8?q?b?= c", "a b c"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        # A character split between two words.
        ("=?utf-8?q?=C3?= =?utf-8?q?=B6?=", "ö"),
        ("=?utf-8?q?a?= =?iso-8859-1?q?=F6?=", "aö"),
        ("=?bogus-charset?q?x=F6?=", "xö"),
        ("=?utf-8?q?x=0D=0ABcc:_y?=", "x Bcc: y"),
        ("=?utf-8?q?a_b?=", "a b"),
        ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
        ("=?utf-8?b?!!!?=", ""),
        ("=?utf-7?q?+2AA-?=", "?"),
        ("=?punycode?q?abc?=", "abc"),
        ("=?utf-8?q?line=E2=80=A8two?=", "line two"),
        # Forms that RFC 2047 forbids.
        ("=?utf-8?q?J=C3=B6rg hat Fragen?=", "Jörg hat Fragen"),
        ("=?utf-8?q?Was_nun??= x", "Was nun? x"),
        ('"=?utf-8?q?J=C3=B6rg?="', '"Jörg"'),
        ("=?utf-8?q?a?==?utf-8?q?b?=", "ab"),
        ("x=?utf-8?q?a?=y", "xay"),
        ("=?utf-8?q?J=C3=B6rg", "Jörg"),
        ("=?utf-8?q?J=C3=B6rg hat Fragen", "Jörg hat Fragen"),
        ("=?utf-8?B?SsO2cmc", "Jörg"),
        ("=?utf-8?B?SsO2cmc? =?utf-8?q?x?=", "Jörgx"),
        ("=?utf-8?B?SsO?= =?utf-8?B?2cmc=?=", "Jörg"),  # Base64 cut within four characters
        ("=?utf-8?B?YQ==?= =?utf-8?B?Yg==?=", "ab"),
        ("=?utf-8?q?=C3?=\t=?UTF-8?B?tg==?=", "ö"),  # a character over two encodings
        ("=?utf-8?q?=3D=3Futf-8=3Fq=3FJ=3DC3=3DB6rg=3F=3D?=", "Jörg"),  # encoded twice
        ("=?UTF-8?Q?J=F6rg?=", "Jörg"),
        ("=?iso-8859-1?Q?J=C3=B6rg?=", "Jörg"),
        ("=?iso-2022-jp?B?GyRCLSEbKEI=?=", "①"),
        ("=?ks_c_5601-1987?B?jGM=?=", "똠"),
    ],
)
def test_encoded_words(raw: str, expected: str):
    assert header.Field("Subject", raw).value == expected


@pytest.mark.parametrize(
    ("data", "names", "body", "problem"),
    [
        (b"A: 1\r\nB: 2\r\n\r\nbody", ["A", "B"], b"body", None),
        (b"A: 1\nB: 2\n\nbody", ["A", "B"], b"body", None),
        (b"From joe Mon\r\nA: 1\r\n\r\nbody", ["A"], b"body", None),
        (b"\r\nbody", [], b"body", None),
        (b"", [], b"", None),
        (b"A: 1", ["A"], b"", None),
        (b"A: 1\r\nno field\r\n\r\nbody", ["A"], b"no field\r\n\r\nbody", "malformed_header"),
        (b"A : 1\r\n\r\n", ["A"], b"", None),
        (b"A: 1\r\n folded\r\n\tmore\r\n\r\nx", ["A"], b"x", None),
    ],
)
def test_where_the_header_ends(data: bytes, names: list[str], body: bytes, problem: str | None):
    fields, offset, found = header.split(data, 0, len(data))
    assert ([field.name for field in fields.all], data[offset:], found) == (names, body, problem)


def test_a_header_without_end_is_bounded():
    data = b"A:\n" * (header.FIELDS_LIMIT + 10) + b"\nbody"
    fields, offset, problem = header.split(data, 0, len(data))
    assert (len(fields.all), data[offset:], problem) == (header.FIELDS_LIMIT, b"body", "too_many_headers")


def test_a_header_of_megabytes_is_cut():
    data = b"Subject: a\r\nX: " + b"x" * (2 * header.LENGTH_LIMIT) + b"\r\nTo: b\r\n\r\nbody"
    fields, offset, problem = header.split(data, 0, len(data))
    assert ([field.name for field in fields.all], data[offset:], problem) == (
        ["Subject", "X"],
        b"body",
        "header_too_long",
    )
    assert len(fields.raw("x")) < header.LENGTH_LIMIT


@pytest.mark.parametrize("data", [b"J\xf6rg", "Jörg".encode(), b"J\xc3\xb6rg\x00"])
def test_a_header_in_8_bits_is_read_without_a_charset(data: bytes):
    assert header.unfold(data).rstrip("\ufffd") == "Jörg"


WORDS = st.sampled_from(
    ["=?", "?=", "utf-8", "?q?", "?B?", "?", "=", "=C3", "=B6", "SsO2cmc=", " ", "x", "iso-2022-jp"]
)


@given(st.lists(WORDS, max_size=40).map("".join))
def test_no_encoded_word_makes_it_raise(raw: str):
    header.decode_words(raw).encode()


@pytest.mark.parametrize("piece", ["=?a?q?", "=?a?q?x", "=?", "=?a?b?", "?", "=?a?q?=", "=?a?b?YQ"])
def test_no_encoded_word_makes_it_slow(piece: str):
    before = time.process_time()
    header.decode_words(piece * (1_000_000 // len(piece)))
    header.decode_words("=?a?q?" + piece * (1_000_000 // len(piece)))
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Text/Plain; charset=UTF-8", ("text/plain", {"charset": "UTF-8"})),
        ('a/b; name="x;y\\"z"', ("a/b", {"name": 'x;y"z'})),
        ('a/b; name="=?utf-8?q?=C3=B6?="', ("a/b", {"name": "ö"})),
        ("a/b; name*=utf-8''%C3%B6%20x", ("a/b", {"name": "ö x"})),
        ("a/b; name*1*=%B6; name*0*=utf-8''%C3", ("a/b", {"name": "ö"})),
        ("a/b; name*0=a; name*1=b", ("a/b", {"name": "ab"})),
        ("a/b; name*=broken", ("a/b", {"name": "broken"})),
        ('a/b; name="open', ("a/b", {"name": "open"})),
        ("a/b; name*=utf-8''x%0D%0Ay", ("a/b", {"name": "x y"})),
        ("", ("", {})),
        ('a/b; charset="utf-8" name=x', ("a/b", {"charset": "utf-8", "name": "x"})),
        ("text/plain charset=utf-8", ("text/plain", {"charset": "utf-8"})),
        ("a/b;;name=my file.pdf;", ("a/b", {"name": "my file.pdf"})),
        ("a/b; name = x ; name=y", ("a/b", {"name": "x"})),
        ("a/b; name=x; name*=utf-8''%C3%B6", ("a/b", {"name": "ö"})),
        ("a/b; name=x; name*=utf-8''", ("a/b", {"name": "x"})),
        ("a/b; name*=%C3%B6", ("a/b", {"name": "ö"})),
        ("a/b; name*=iso-8859-1'de'%F6", ("a/b", {"name": "ö"})),
        ("a/b; name*=bogus''%F6", ("a/b", {"name": "ö"})),
        ("a/b; name*=\"utf-8''%C3%B6\"", ("a/b", {"name": "ö"})),
        ("a/b; name*1=b; name*0*=utf-8''%C3%B6", ("a/b", {"name": "öb"})),
        ("a/b; name*2=c; name*1=b", ("a/b", {"name": "bc"})),
        ('a/b; name*0="=?utf-8?Q?a=C3"; name*1="=B6?="', ("a/b", {"name": "aö"})),
        ("a/b; name*=utf-8''=%3Futf-8%3Fq%3Fx=C3=B6%3F=", ("a/b", {"name": "xö"})),
        ('a/b; name="J\u00f6rg"', ("a/b", {"name": "Jörg"})),
    ],
)
def test_parameters(raw: str, expected: tuple[str, dict[str, str]]):
    assert parameter.parse(raw) == expected


@given(st.text())
def test_no_text_makes_the_readers_raise(raw: str):
    raw = text.scrub(raw)
    header.Field("X", raw).value.encode()
    parameter.parse(raw)


@given(
    st.binary(), st.sampled_from(["utf-7", "utf-16", "hz", "iso-2022-jp", "cp932", "unicode_escape", "\x00"])
)
def test_every_charset_gives_strict_unicode(data: bytes, charset: str):
    text.decode(data, charset)[0].encode()
