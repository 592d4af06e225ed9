"""A command that fails says which and why."""

import pytest

from lab.shell import CommandError, run


def test_a_failure_names_the_command_and_what_it_said():
    with pytest.raises(CommandError, match=r"sh -c .*: exit status 3: went wrong"):
        run(["sh", "-c", "echo went wrong >&2; exit 3"])


def test_a_missing_command_is_named():
    with pytest.raises(CommandError, match="no-such-command is not installed"):
        run(["no-such-command", "x"], check=False)


def test_a_command_that_hangs_is_ended():
    with pytest.raises(CommandError, match=r"no end after 0\.2 s"):
        run(["sleep", "10"], timeout=0.2)


def test_output_and_status_are_returned():
    done = run(["sh", "-c", "cat; exit 1"], stdin="in", check=False)
    assert (done.returncode, done.stdout) == (1, "in")
