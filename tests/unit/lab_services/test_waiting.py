"""Waiting ends, and says what was awaited."""

import pytest

from lab.drive.waiting import WaitedInVain, until


def test_what_comes_about_is_returned():
    answers = iter([None, [], ["x"]])
    assert until("x", lambda: next(answers), 5, poll=0.001) == ["x"]


def test_what_does_not_come_about_is_named_with_what_was_seen():
    with pytest.raises(WaitedInVain, match=r"waited 0\.01 s for the moon; last seen: \[\]"):
        until("the moon", list, 0.01, poll=0.001)
