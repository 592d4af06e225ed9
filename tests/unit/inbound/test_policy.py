"""Postfix's policy protocol, and the list behind its answers."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.inbound import policy
from boringmail.inbound.gone import GoneList

REQUEST = b"request=smtpd_access_policy\nrecipient=a@b\nsender=\nhelo_name=x=y\n\n"


def test_requests_are_cut_wherever_the_stream_breaks():
    reader = policy.PolicyReader()
    found = [request for byte in REQUEST * 2 for request in reader.feed(bytes([byte]))]
    assert (
        found
        == [{"request": "smtpd_access_policy", "recipient": "a@b", "sender": "", "helo_name": "x=y"}] * 2
    )


@pytest.mark.parametrize("data", [b"nonsense\n\n", b"a=" + b"x" * 100_000, b"\n\n"])
def test_what_is_no_request_is_refused(data: bytes):
    with pytest.raises(policy.PolicyError):
        policy.PolicyReader().feed(data)


@given(st.binary())
def test_any_other_bytes_are_requests_or_refused(data: bytes):
    try:
        policy.PolicyReader().feed(data)
    except policy.PolicyError:
        return


def test_actions():
    assert policy.action(gone=False) == b"action=DUNNO\n\n"
    assert policy.action(gone=True) == b"action=550 5.1.1 No such mailbox here\n\n"


def make(path: Path, limit: int = 10) -> GoneList:
    return GoneList(path / "gone.json", seconds=60, limit=limit)


def test_a_gone_recipient_comes_back_in_time_and_survives_a_restart(tmp_path: Path):
    gone = make(tmp_path)
    gone.add("A@b", now=100)
    gone.save(now=100)
    again = make(tmp_path)
    assert again.contains("a@B", now=159)
    assert not again.contains("a@b", now=160)
    again.remove("a@b")
    again.save(now=100)
    assert not make(tmp_path).contains("a@b", now=100)


def test_the_list_is_bounded_and_forgets_the_oldest(tmp_path: Path):
    gone = make(tmp_path, limit=2)
    for number in range(3):
        gone.add(f"{number}@b", now=number)
    assert [gone.contains(f"{number}@b", now=3) for number in range(3)] == [False, True, True]


@pytest.mark.parametrize("content", ["", "[]", '{"a": "x"}', "\x00", '{"a": null}'])
def test_a_damaged_list_is_empty(tmp_path: Path, content: str):
    (tmp_path / "gone.json").write_text(content)
    assert not make(tmp_path).contains("a", now=0)
