"""The two protocols that Postfix speaks to us, spoken wrongly and cut anywhere."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from boringmail.inbound.budget import Budget
from boringmail.inbound.lmtp import Message, Session
from boringmail.inbound.policy import PolicyError, PolicyReader
from tests.fuzz.profile import fuzz

LIMIT = 4000
LINES = st.sampled_from(
    [
        b"LHLO mx1",
        b"MAIL FROM:<a@b>",
        b"MAIL FROM:<a@b> SIZE=99999999999999999999999",
        b"RCPT TO:<c@d>",
        b"RCPT TO:<>",
        b"DATA",
        b".",
        b"..",
        b"RSET",
        b"NOOP",
        b"QUIT",
        b"XFORWARD ADDR=203.0.113.25 IDENT=x",
        b"XFORWARD NAME=+ZZ",
        b"VRFY x",
        b"",
        b"Subject: x",
        b"\xff\x00",
        b"x" * 5000,
        b"mail from:<a@b>",
        b"RCPT TO:c@d",
        b"DATA x",
    ]
)
TALK = st.lists(
    st.tuples(LINES | st.binary(max_size=20), st.sampled_from([b"\r\n", b"\r\n", b"\n", b"\r", b""])),
    max_size=40,
).map(lambda lines: b"".join(line + end for line, end in lines))
DIALOGUE = (b"LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n", b"\r\n.\r\nQUIT\r\n")


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    marks = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(marks)]


def talk(data: bytes, cuts: list[int]) -> tuple[bytes, list[Message], Budget]:
    """What a session answers and takes."""
    budget = Budget(10 * LIMIT)
    session = Session(host_name="mx1", size_limit_bytes=LIMIT, budget=budget)
    replies, messages = b"", []
    for piece in pieces(data, cuts):
        session.feed(piece)
        while (step := session.next()) is not None:
            if isinstance(step, Message):
                messages.append(step)
                replies += session.answer(["250 2.0.0 Ok"] * len(step.envelope.recipients))
                budget.give(step.held_bytes)
            else:
                replies += step
    session.close()
    return replies, messages, budget


@fuzz
@given(TALK, st.lists(st.integers(0, 10_000), max_size=6))
def test_an_lmtp_session_answers_in_whole_lines_and_gives_back_what_it_held(
    data: bytes, cuts: list[int]
) -> None:
    replies, messages, budget = talk(data, cuts)
    assert all(line[:3].isdigit() and line[3:4] in b" -" for line in replies.split(b"\r\n")[:-1])
    assert replies == b"" or replies.endswith(b"\r\n")
    assert all(len(message.content) <= LIMIT + 5000 and message.envelope.recipients for message in messages)
    assert budget.take(10 * LIMIT, own=0)


@fuzz
@given(TALK, st.lists(st.integers(0, 10_000), max_size=6))
def test_how_an_lmtp_talk_is_cut_changes_nothing(data: bytes, cuts: list[int]) -> None:
    whole, cut = talk(data, []), talk(data, cuts)
    if b"4.3." in whole[0] + cut[0] or b"Line too long" in whole[0] + cut[0]:
        return  # limits count what is buffered
    assert cut[:2] == whole[:2]


@fuzz
@given(st.binary(max_size=300), st.lists(st.integers(0, 400), max_size=4))
def test_a_message_comes_out_of_lmtp_as_it_went_in(content: bytes, cuts: list[int]) -> None:
    content = content.replace(b"\r\n", b"\n").removesuffix(b"\r") + b"\r\n"
    stuffed = (b"." if content.startswith(b".") else b"") + content.replace(b"\r\n.", b"\r\n..")
    _, messages, _ = talk(DIALOGUE[0] + stuffed.removesuffix(b"\r\n") + DIALOGUE[1], cuts)
    assert [message.content for message in messages] == [content]


REQUESTS = st.lists(
    st.sampled_from(
        [b"request=smtpd_access_policy", b"recipient=a@b", b"=", b"x", b"\n", b"\n\n", b"\xff=\xff", b"a=b=c"]
    ),
    max_size=20,
).map(b"\n".join)


@fuzz
@given(REQUESTS | st.binary(max_size=60), st.lists(st.integers(0, 200), max_size=5))
def test_how_a_policy_stream_is_cut_changes_nothing(data: bytes, cuts: list[int]) -> None:
    def read(parts: list[bytes]) -> tuple[list[dict[str, str]], bool]:
        reader, found = PolicyReader(), []
        try:
            for part in parts:
                found += reader.feed(part)
        except PolicyError:
            return [], False
        return found, True

    assert read(pieces(data, cuts)) == read([data])
