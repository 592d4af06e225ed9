"""A signed request to learn: who is believed, for how long, and what is in it."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.inbound import webhook
from boringmail.learning.controller import MailClass
from boringmail.learning.request import AGE_SECONDS, REMEMBERED, Answered, Lesson, RefusedError, lesson

KEY, OLD_KEY = b"k" * 32, b"o" * 32
NOW = 1_795_500_000.0
RAW = b"Subject: x\r\n\r\n\xff\x00"


def body(**changes):
    return json.dumps({"class": "spam", "raw_base64": base64.b64encode(RAW).decode(), **changes}).encode()


def signed(content, *, keys=(KEY,), now=NOW):
    return webhook.headers(keys, "msg_1", content, now=now)


def refusal(headers, content):
    with pytest.raises(RefusedError) as caught:
        lesson(headers, content, (KEY,), now=NOW)
    return caught.value.status


def test_what_our_own_signature_covers_is_followed():
    content = body()
    assert lesson(signed(content), content, (KEY,), now=NOW) == Lesson("msg_1", MailClass.SPAM, RAW)


def test_any_of_several_keys_will_do_on_either_side():
    content = body()
    assert lesson(signed(content, keys=(OLD_KEY, KEY)), content, (KEY,), now=NOW)
    assert lesson(signed(content, keys=(OLD_KEY,)), content, (KEY, OLD_KEY), now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-id": "msg\n1"},
        {"webhook-timestamp": str(int(NOW) + 1)},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "now"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1a,AAAA"},
        {"webhook-signature": "v1,é"},
    ],
)
def test_what_does_not_fit_the_signature_is_refused(change):
    content = body()
    assert refusal(signed(content) | change, content) == 401


def test_another_body_or_key_is_refused():
    assert refusal(signed(body()), body(**{"class": "ham"})) == 401
    assert refusal(signed(body(), keys=(OLD_KEY,)), body()) == 401
    assert refusal({}, body()) == 401


@pytest.mark.parametrize("seconds", [-AGE_SECONDS - 1, AGE_SECONDS + 1])
def test_a_request_of_another_time_is_refused(seconds):
    content = body()
    assert refusal(signed(content, now=NOW + seconds), content) == 401


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b'{"class": "spam"}',
        body(**{"class": "virus"}),
        body(**{"class": ["spam"]}),
        body(raw_base64=""),
        body(raw_base64="é"),
        body(raw_base64="A"),
        body(raw_base64=7),
        b"[" * 100_000,
    ],
)
def test_a_body_that_says_nothing_is_the_applications_mistake(content):
    assert refusal(signed(content), content) == 400


@given(st.binary(max_size=200), st.dictionaries(st.sampled_from(list(signed(b""))), st.text(max_size=50)))
def test_whatever_comes_unsigned_is_refused_and_nothing_else(content, headers):
    assert refusal(headers, content) == 401


@given(st.binary(max_size=300))
def test_whatever_is_signed_is_read_or_refused(content):
    try:
        lesson(signed(content), content, (KEY,), now=NOW)
    except RefusedError as error:
        assert error.status == 400  # noqa: PT017 - either is right


def test_ids_are_remembered_while_a_copy_could_be_believed_and_in_bounds():
    answered = Answered()
    answered.add("first", now=NOW)
    answered.add("second", now=NOW + 2 * AGE_SECONDS)
    assert "first" in answered
    answered.add("third", now=NOW + 2 * AGE_SECONDS + 1)
    assert "first" not in answered
    assert "second" in answered
    for number in range(REMEMBERED):
        answered.add(str(number), now=NOW + 2 * AGE_SECONDS + 1)
    assert "second" not in answered
    assert "0" in answered
