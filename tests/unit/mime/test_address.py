"""Address lists, as a table of what senders write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.mime import address, text
from boringmail.mime.address import Address


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("joe@example.com", [("", "joe@example.com")]),
        ("Joe <joe@example.com>", [("Joe", "joe@example.com")]),
        ('"Joe, the \\"J\\"" <joe@example.com>', [('Joe, the "J"', "joe@example.com")]),
        (
            "=?utf-8?q?B=2C_J=C3=B6?= <j@example.com>, a@example.com",
            [("B, Jö", "j@example.com"), ("", "a@example.com")],
        ),
        ("joe@example.com (Joe (the first) Doe)", [("Joe (the first) Doe", "joe@example.com")]),
        ("Team: a@example.com, B <b@example.com>;", [("", "a@example.com"), ("B", "b@example.com")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example:joe@example.com>", [("", "joe@example.com")]),
        ('"john doe"@example.com', [("", '"john doe"@example.com')]),
        ("<joe@[IPv6:2001:db8::1]>", [("", "joe@[IPv6:2001:db8::1]")]),
        ("Only A Name", [("Only A Name", "")]),
        ("<broken@example.com, next@example.com", [("", "broken@example.com"), ("", "next@example.com")]),
        ("=?utf-8?q?x=0D=0ABcc:?= <a@example.com>", [("x Bcc:", "a@example.com")]),
        ("Joe Doe joe@example.com", [("Joe Doe", "joe@example.com")]),
        ("=?utf-8?q?J=C3=B6_=3Cjoe=40example=2Ecom=3E?=", [("Jö", "joe@example.com")]),
        ('"=?utf-8?q?B=2C_J=C3=B6?=" <j@example.com>', [("B, Jö", "j@example.com")]),
        ("=?utf-8?q?J=C3=B6rg <j@example.com>", [("Jörg", "j@example.com")]),
        ("joe @ example.com", [("", "joe@example.com")]),
        (", ,;<>", []),
        ("", []),
    ],
)
def test_parse(raw: str, expected: list[tuple[str, str]]):
    assert address.parse(raw) == [Address(*mailbox) for mailbox in expected]


@given(st.text(alphabet='a@<>(),;:"\\ =?.[]\n'))
def test_no_text_makes_it_raise(raw: str):
    address.parse(raw)


def test_the_number_is_bounded_and_the_work_is_linear():
    assert len(address.parse("a@b," * 100_000)) == address.LIMIT
    for mark in '(<"\\:,':
        address.parse(text.scrub(mark * 500_000))
