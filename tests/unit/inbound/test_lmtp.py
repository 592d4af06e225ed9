"""The LMTP server as a table of conversations, and with arbitrary bytes in arbitrary pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.inbound.budget import Budget
from boringmail.inbound.lmtp import Message, Session

SIZE = 1000
START = ["LHLO mx1", "MAIL FROM:<joe@example.net>", "RCPT TO:<a@acme.example.com>", "DATA"]


def make(limit_bytes: int = 10_000) -> Session:
    return Session(host_name="mx1", size_limit_bytes=SIZE, budget=Budget(limit_bytes))


def talk(session: Session, data: bytes) -> tuple[list[str], list[Message]]:
    """Everything that comes of `data`; messages are answered 250."""
    session.feed(data)
    replies, messages = [], []
    while (step := session.next()) is not None:
        if isinstance(step, Message):
            messages.append(step)
            step = session.answer(["250 2.0.0 Ok"] * len(step.envelope.recipients))
        replies += [line for line in step.decode().split("\r\n") if line and line[3] == " "]
    return replies, messages


@pytest.mark.parametrize(
    ("commands", "codes"),
    [
        (["LHLO mx1"], "250"),
        (["LHLO"], "501"),
        (["EHLO mx1"], "500"),
        (["MAIL FROM:<a@b>"], "503"),
        (["RCPT TO:<a@b>"], "503"),
        (["DATA"], "503"),
        (["XFORWARD NAME=x"], "503"),
        (["LHLO mx1", "RCPT TO:<a@b>"], "250 503"),
        (["LHLO mx1", "MAIL FROM:<>", "DATA"], "250 250 503"),
        (["LHLO mx1", "MAIL FROM:<>", "MAIL FROM:<>"], "250 250 503"),
        (["LHLO mx1", "MAIL FROM:<>", "XFORWARD NAME=x"], "250 250 503"),
        (["LHLO mx1", "MAIL FROM:<>", "RSET", "MAIL FROM:<>"], "250 250 250 250"),
        (["lhlo mx1", "mail from:<a@b> size=10 BODY=8BITMIME SMTPUTF8"], "250 250"),
        (["LHLO mx1", "MAIL FROM:<a@b> SIZE=1001"], "250 452"),
        (["LHLO mx1", "MAIL FROM:<a@b> RET=HDRS"], "250 555"),
        (["LHLO mx1", "MAIL TO:<a@b>"], "250 501"),
        (["LHLO mx1", "MAIL FROM:<>", "RCPT TO:<>"], "250 250 501"),
        (["LHLO mx1", "MAIL FROM:<>", "RCPT TO: <a@b>"], "250 250 250"),
        (["LHLO mx1", "MAIL FROM:<>", "RCPT TO:<a@b> NOTIFY=NEVER"], "250 250 555"),
        (["LHLO mx1", "MAIL FROM:<>", 'RCPT TO:<"a >b"@c>'], "250 250 250"),
        (["LHLO mx1", "XFORWARD NAME=x FOO=y"], "250 501"),
        (["LHLO mx1", "NOOP", "QUIT", "NOOP"], "250 250 221"),
        (["", "\x00", "__init__ x", "next", "reset"], "500 500 500 500 500"),
    ],
)
def test_each_command_has_its_reply(commands: list[str], codes: str):
    replies, _ = talk(make(), "".join(f"{command}\r\n" for command in commands).encode())
    assert [reply[:3] for reply in replies] == codes.split()


def test_the_greeting_offers_what_postfix_uses():
    session = make()
    session.feed(b"LHLO mx1\r\n")
    answer = session.next()
    assert isinstance(answer, bytes)
    assert session.greeting == b"220 mx1 LMTP\r\n"
    for word in (
        b"PIPELINING",
        b"8BITMIME",
        b"SIZE 1000",
        b"XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE",
    ):
        assert word in answer


@pytest.mark.parametrize(
    ("sent", "content"),
    [
        (b"a\r\n.\r\n", b"a\r\n"),
        (b".\r\n", b""),
        (b"..\r\n.\r\n", b".\r\n"),
        (b"..a\r\n...\r\n\r\n.\r\n", b".a\r\n..\r\n\r\n"),
        # Only CR LF . CR LF ends a message.
        (b"a\n.\nb\r\n.\r\n", b"a\n.\nb\r\n"),
        (b"a\r\n.\nb\r\n.\r\n", b"a\r\n\nb\r\n"),
        (b"a\n.\r\nb\r\n.\r\n", b"a\n.\r\nb\r\n"),
        (b"a\r.\rb\r\n.\r\n", b"a\r.\rb\r\n"),
    ],
)
@pytest.mark.parametrize("piece", [1, 3, 1000])
def test_data_is_unstuffed_and_ends_at_one_place(sent: bytes, content: bytes, piece: int):
    session = make()
    data = "".join(f"{line}\r\n" for line in START).encode() + sent + b"NOOP\r\n"
    replies: list[str] = []
    messages: list[Message] = []
    for start in range(0, len(data), piece):
        more = talk(session, data[start : start + piece])
        replies += more[0]
        messages += more[1]
    assert [message.content for message in messages] == [content]
    assert [reply[:3] for reply in replies] == ["250", "250", "250", "354", "250", "250"]


def test_each_recipient_gets_a_reply_and_xforward_ends_with_the_transaction():
    session = make()
    data = (
        b"LHLO mx1\r\nXFORWARD NAME=[UNAVAILABLE] ADDR=203.0.113.25 HELO=a+3Db\r\n"
        b"XFORWARD IDENT=4Xy SOURCE=REMOTE\r\n"
        b"MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n"
        b"MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\ny\r\n.\r\n"
    )
    replies, (first, second) = talk(session, data)
    assert first.envelope.xforward == {
        "ADDR": "203.0.113.25",
        "HELO": "a=b",
        "IDENT": "4Xy",
        "SOURCE": "REMOTE",
    }
    assert first.envelope.queue_id == "4Xy"
    assert second.envelope.xforward == {}
    assert [reply[:3] for reply in replies] == ["250"] * 6 + ["354"] + ["250"] * 4 + ["354", "250"]


def test_nothing_is_read_past_a_message_that_waits_for_its_answer():
    session = make()
    session.feed("".join(f"{line}\r\n" for line in START).encode() + b"x\r\n.\r\nNOOP\r\n")
    steps = [session.next() for _ in range(6)]
    assert isinstance(steps[4], Message)
    assert steps[5] is None
    assert not session.idle
    assert session.answer(["451 4.3.0 Later"]) == b"451 4.3.0 Later\r\n"
    assert session.next() == b"250 2.0.0 Ok\r\n"
    assert session.idle


@pytest.mark.parametrize(
    ("size", "budget", "reply"),
    [(SIZE * 6, 100_000, "452 4.3.4"), (900, 500, "452 4.3.2"), (900, 2000, "250 2.0.0")],
)
def test_what_is_too_much_is_deferred_and_forgotten(size: int, budget: int, reply: str):
    shared = Budget(budget)
    assert shared.take(100, own=0)  # another message is under way
    session = Session(host_name="mx1", size_limit_bytes=SIZE, budget=shared)
    talk(session, "".join(f"{line}\r\n" for line in START).encode())
    for _ in range(size // 10):
        talk(session, b"xxxxxxxx\r\n")
    replies, messages = talk(session, b".\r\nNOOP\r\n")
    assert [answer[:9] for answer in replies] == [reply, "250 2.0.0"]
    for message in messages:
        shared.give(message.held_bytes)
    assert shared.held_bytes == 100


def test_one_message_alone_may_be_bigger_than_the_budget():
    session = make(limit_bytes=10)
    assert talk(session, "".join(f"{line}\r\n" for line in START).encode() + b"x" * 500 + b"\r\n.\r\n")[1]


def test_a_lost_connection_gives_back_what_it_held():
    shared = Budget(10_000)
    session = Session(host_name="mx1", size_limit_bytes=SIZE, budget=shared)
    talk(session, "".join(f"{line}\r\n" for line in START).encode() + b"half")
    assert shared.held_bytes > 0
    session.close()
    assert shared.held_bytes == 0


def test_endless_lines_and_endless_errors_close_the_connection():
    session = make()
    assert talk(session, b"x" * 10_000)[0] == ["500 5.5.2 Line too long"]
    assert session.closing
    session = make()
    replies, _ = talk(session, b"WHAT\r\n" * 100)
    assert replies[-1].startswith("421 ")
    assert session.closing


COMMANDS = st.sampled_from(
    [f"{line}\r\n".encode() for line in START] + [b".\r\n", b"\r\n.\r\n", b"RSET\r\n", b"\n"]
)


@given(st.lists(COMMANDS | st.binary(max_size=20), max_size=30))
def test_no_bytes_make_it_raise_or_leak(pieces: list[bytes]):
    shared = Budget(10_000)
    session = Session(host_name="mx1", size_limit_bytes=SIZE, budget=shared)
    for piece in pieces:
        _, messages = talk(session, piece)
        for message in messages:
            shared.give(message.held_bytes)
    session.close()
    assert shared.held_bytes == 0


@given(st.binary(max_size=300))
def test_any_message_comes_out_as_it_went_in(content: bytes):
    content = content.replace(b"\r", b"").replace(b"\n", b"\r\n") + b"\r\n"
    stuffed = (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:]
    _, messages = talk(make(), "".join(f"{line}\r\n" for line in START).encode() + stuffed + b".\r\n")
    assert [message.content for message in messages] == [content]
