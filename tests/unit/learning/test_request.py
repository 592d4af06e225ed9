"""A signed request to learn: who is believed, for how long, and what is refused before its body is read."""

import string
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict
from standardwebhooks import Webhook

from boringmail.inbound import webhook
from boringmail.learning.controller import MailClass
from boringmail.learning.request import AGE_SECONDS, Lesson, RefusedError, Seal, lesson

KEY, OLD_KEY = b"k" * 32, b"o" * 32
NOW = 1_795_500_000.0
RAW = b"Subject: x\r\n\r\n\xff\x00"
LIMIT = 1000


def signed(body=RAW, *, keys=(KEY,), now=NOW, identifier="learn_spam_1"):
    headers = webhook.headers(keys, identifier, body, now=now)
    return CIMultiDict(headers | {"Content-Length": str(len(body))})


def read(headers, *, method="POST", path="/learn/spam"):
    return lesson(method, path, headers, limit_bytes=LIMIT, now=NOW)


def believed(headers, body=RAW, *, keys=(KEY,), path="/learn/spam"):
    asked = read(headers, path=path)
    seal = Seal(asked, keys)
    for byte in body:
        seal.update(bytes([byte]))
    seal.check()
    return asked


def refusal(call, *arguments, **options):
    with pytest.raises(RefusedError) as caught:
        call(*arguments, **options)
    return caught.value


def test_what_is_signed_is_a_lesson():
    asked = believed(signed())
    assert (asked.mail_class, asked.length_bytes) == (MailClass.SPAM, len(RAW))
    asked = believed(signed(identifier="learn_ham_1"), path="/learn/ham")
    assert asked.mail_class is MailClass.HAM


def test_the_signature_is_that_of_standard_webhooks():
    sign = Webhook(KEY).sign
    headers = CIMultiDict({
        "Webhook-Id": "learn_spam_1",
        "Webhook-Timestamp": str(int(NOW)),
        "Webhook-Signature": sign("learn_spam_1", datetime.fromtimestamp(NOW, UTC), "Subject: x"),
        "Content-Length": "10",
    })  # fmt: skip
    assert believed(headers, b"Subject: x")


def test_any_of_several_keys_will_do_on_either_side():
    assert believed(signed(keys=(OLD_KEY, KEY)))
    assert believed(signed(keys=(OLD_KEY,)), keys=(KEY, OLD_KEY))


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "learn_spam_2"},
        {"webhook-id": ""},
        {"webhook-id": "learn_spam_\n1"},
        {"webhook-id": "msg_0000000000000000000000000000000000000000"},
        {"webhook-timestamp": str(int(NOW) + 1)},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "٣"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1a,AAAA"},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": "v1,\udcff"},
    ],
)
def test_what_does_not_fit_the_signature_is_refused(change):
    headers = signed()
    headers.update(change)
    assert refusal(believed, headers).status == HTTPStatus.UNAUTHORIZED


def test_another_body_or_key_is_refused():
    assert refusal(believed, signed(), RAW[:-1] + b"x").status == HTTPStatus.UNAUTHORIZED
    assert refusal(believed, signed(keys=(OLD_KEY,))).status == HTTPStatus.UNAUTHORIZED


def test_a_spam_cannot_be_turned_into_a_ham_by_the_path():
    error = refusal(believed, signed(), path="/learn/ham")
    assert error.status == HTTPStatus.UNAUTHORIZED
    assert "learn_ham_" in str(error)


def test_our_own_calls_to_the_application_teach_nothing():
    body = b'{"type": "message.received"}'
    headers = signed(body, identifier="msg_0000000000000000000000000000000000000000")
    assert refusal(believed, headers, body).status == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("seconds", [-AGE_SECONDS - 1, AGE_SECONDS + 1])
def test_a_request_of_another_time_is_refused(seconds):
    assert refusal(believed, signed(now=NOW + seconds)).status == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(
    ("asked", "headers", "status"),
    [
        ({"path": "/"}, {}, 404),
        ({"path": "/learn"}, {}, 404),
        ({"path": "/learn/spam/"}, {}, 404),
        ({"path": "/learn/virus"}, {}, 404),
        ({"method": "GET"}, {}, 405),
        ({"method": "PUT"}, {}, 405),
        ({}, {"content-length": ""}, 411),
        ({}, {"content-length": "-1"}, 411),
        ({}, {"content-length": str(LIMIT + 1)}, 413),
        ({}, {"content-length": "9" * 12}, 413),
        ({}, {"content-encoding": "gzip"}, 415),
        ({}, {"content-length": "0"}, 422),
    ],
)
def test_what_the_head_says_is_refused_before_there_is_a_body(asked, headers, status):
    changed = signed()
    changed.update(headers)
    assert refusal(read, changed, **asked).status == status


def test_who_is_not_believed_learns_nothing_of_sizes():
    headers = CIMultiDict({"Content-Length": str(LIMIT + 1)})
    assert refusal(read, headers).status == HTTPStatus.UNAUTHORIZED


text = st.text(alphabet=string.printable, max_size=50) | st.text(max_size=50)


@given(st.binary(min_size=1, max_size=200), st.dictionaries(st.sampled_from(list(signed())), text))
def test_whatever_comes_unsigned_is_refused_and_nothing_else(body, headers):
    error = refusal(believed, CIMultiDict(headers), body)
    assert 400 <= error.status < 500


@given(st.binary(min_size=1, max_size=300))
def test_whatever_is_signed_is_a_lesson(body):
    assert isinstance(believed(signed(body), body), Lesson)
