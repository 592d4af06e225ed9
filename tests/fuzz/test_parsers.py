"""Whatever comes in, something valid comes out, in little time."""

import base64
import functools
import time
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from boringmail.inbound.body import Incoming
from boringmail.inbound.envelope import Envelope
from boringmail.mime import address, header, message, parameter, text
from tests.fuzz import mails
from tests.fuzz.body_schema import check
from tests.fuzz.profile import fuzz

SECONDS_PER_MAIL = 2


def quick[**P](test: Callable[P, None]) -> Callable[P, None]:
    """Fails a test that takes too much CPU on one example."""

    @functools.wraps(test)
    def timed(*args: P.args, **kwargs: P.kwargs) -> None:
        before = time.process_time()
        test(*args, **kwargs)
        assert time.process_time() - before < SECONDS_PER_MAIL

    return timed


@fuzz
@given(mails.mails(), st.sampled_from(["a@b", "", "MAILER-DAEMON@x"]))
@quick
def test_every_mail_gives_a_valid_body_with_the_mail_in_it(raw: bytes, sender: str) -> None:
    recipient = "ticket@acme.desk.example.com"
    incoming = Incoming(raw, Envelope(sender, (recipient,)), virus_scanner=True)
    data = check(incoming.body(recipient, mail_domain="desk.example.com", now=0))
    assert base64.b64decode(data["raw_base64"]).endswith(incoming.content)
    assert data["parse_error"] != "unexpected_error"


@fuzz
@given(mails.mails())
@quick
def test_the_parser_needs_no_last_resort_and_names_what_it_meets(raw: bytes) -> None:
    parsed = message.parse(raw, envelope_sender="a@b")
    assert set(parsed.problems) <= set(message.PROBLEMS) - {"unexpected_error"}
    assert len(set(parsed.problems)) == len(parsed.problems)


@fuzz
@given(st.lists(mails.FIELDS, max_size=10).map(b"".join) | st.binary(max_size=200))
@quick
def test_header_fields_are_single_lines(raw: bytes) -> None:
    fields, body, _ = header.split(raw, 0, len(raw))
    assert 0 <= body <= len(raw)
    for field in fields.all:
        assert "\n" not in field.value
        assert "\r" not in field.value
        field.value.encode()


@fuzz
@given(mails.PARAMETERS | st.text(max_size=60))
@quick
def test_parameters_are_single_lines(raw: str) -> None:
    value, parameters = parameter.parse(text.scrub(raw))
    for piece in (value, *parameters, *parameters.values()):
        assert "\n" not in piece
        piece.encode()


@fuzz
@given(st.lists(mails.encoded_words() | st.sampled_from([*'<>(),;:@\\" ', "a@b"]), max_size=30).map("".join))
@quick
def test_addresses_are_single_lines(raw: str) -> None:
    for mailbox in address.parse(text.scrub(raw)):
        assert "\n" not in mailbox.name + mailbox.address
        (mailbox.name + mailbox.address).encode()
