"""Ids that stay the same over retries, and signatures that the ready library accepts."""

import base64
import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from boringmail.inbound import webhook
from boringmail.inbound.envelope import Envelope

KEY = "whsec_" + base64.b64encode(b"k" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()


def envelope(**xforward: str) -> Envelope:
    return Envelope("a@b", ("c@d",), xforward)


def test_the_id_depends_on_queue_id_and_recipient_alone():
    first = webhook.message_id(envelope(IDENT="4Xy"), "c@d", b"content")
    assert first == webhook.message_id(envelope(IDENT="4Xy", NAME="x"), "c@d", b"other")
    assert first != webhook.message_id(envelope(IDENT="4Xz"), "c@d", b"content")
    assert first != webhook.message_id(envelope(IDENT="4Xy"), "e@d", b"content")


def test_without_a_queue_id_the_content_stands_for_it():
    first = webhook.message_id(envelope(), "c@d", b"content")
    assert first == webhook.message_id(envelope(), "c@d", b"content")
    assert first != webhook.message_id(envelope(), "c@d", b"other")
    assert first != webhook.message_id(envelope(), "e@d", b"content")


def test_the_ready_library_verifies_with_either_key_of_a_rotation():
    keys = webhook.read_keys(f"{KEY}\n{OTHER}\n")
    headers = webhook.headers(keys, "msg_1", b'{"a":1}', now=time.time())
    for key in (KEY, OTHER):
        assert Webhook(key).verify(b'{"a":1}', headers) == {"a": 1}
    with pytest.raises(WebhookVerificationError):
        Webhook(KEY).verify(b'{"a":2}', headers)


@pytest.mark.parametrize("text", ["", "secret", "whsec_", "whsec_!!!!", "whsec_c2hvcnQ="])
def test_a_bad_key_is_refused_without_being_shown(text: str):
    with pytest.raises(webhook.WebhookKeyError) as caught:
        webhook.read_keys(text)
    assert text.removeprefix("whsec_") == "" or text not in str(caught.value)
