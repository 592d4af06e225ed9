"""The bytes of a question, and the status in whatever comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.inbound.decision import Answer
from boringmail.policy import http
from boringmail.policy.http import Target


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://app.example.com", Target("app.example.com", 80, "/", "app.example.com", secure=False)),
        (
            "https://app.example.com:8443/check?a=b",
            Target("app.example.com", 8443, "/check?a=b", "app.example.com:8443", secure=True),
        ),
        ("https://[2001:db8::1]/x", Target("2001:db8::1", 443, "/x", "[2001:db8::1]", secure=True)),
    ],
)
def test_a_url_is_taken_apart(url: str, target: Target):
    assert Target.of(url) == target


def test_a_request():
    assert http.request(Target.of("http://a.example.com/x"), {"webhook-id": "chk_1"}, b"{}") == (
        b"POST /x HTTP/1.1\r\nhost: a.example.com\r\ncontent-length: 2\r\nconnection: close\r\n"
        b"webhook-id: chk_1\r\n\r\n{}"
    )


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204)),
        (b"HTTP/1.0 410 \r\n\r\n", Answer(410)),
        (b"HTTP/1.1 200\r\n\r\n", Answer(200)),
        (b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n\r\n", Answer(503, retry_after="7")),
        (b"HTTP/1.1 200 OK\r\nX-Retry-After: 7\r\n\r\n", Answer(200)),
    ],
)
def test_a_head_gives_the_status(head: bytes, answer: Answer):
    assert http.parse_head(head) == answer


@pytest.mark.parametrize(
    "head",
    [b"\r\n\r\n", b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n", b"HTTP/1.1 999 x\r\n\r\n", b" x"],
)
def test_anything_else_is_no_answer(head: bytes):
    with pytest.raises(http.NotHttpError):
        http.parse_head(head)


@given(st.binary())
def test_any_bytes_are_an_answer_or_none(head: bytes):
    try:
        http.parse_head(head)
    except http.NotHttpError:
        return
