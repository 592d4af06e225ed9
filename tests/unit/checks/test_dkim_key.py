"""The key on the host against the one that is published."""

import base64
import subprocess

import pytest

from boringmail.checks.dkim_key import check_dkim_key
from boringmail.checks.result import Check, Status

HELD = b"0\x82\x01\x22public"
ENCODED = base64.b64encode(HELD).decode()


def look(wanted: str, error: Exception | None = None) -> Check:
    def read() -> bytes:
        if error:
            raise error
        return HELD

    return check_dkim_key("DKIM key", "/var/lib/rspamd-dkim/x.key", wanted, read)


@pytest.mark.parametrize("wanted", [ENCODED, f"{ENCODED[:8]} {ENCODED[8:]}\n", ""])
def test_the_key_that_belongs_to_the_record_passes(wanted: str) -> None:
    check = look(wanted)
    assert (check.key, check.status) == ("dkim_key", Status.PASS)


def test_without_a_wanted_key_it_says_so() -> None:
    assert "nothing to compare it with" in look("").found


@pytest.mark.parametrize(
    ("wanted", "error", "found"),
    [
        (base64.b64encode(b"another").decode(), None, "a key that belongs to public key"),
        ("???", None, "a key that belongs to public key"),
        (
            ENCODED,
            subprocess.CalledProcessError(1, "openssl", stderr=b"Could not open file\nPermission denied\n"),
            "x.key: Permission denied",
        ),
        (ENCODED, FileNotFoundError("runuser"), "runuser"),
    ],
)
def test_any_other_fails_with_the_command_that_fetches_it_again(
    wanted: str, error: Exception | None, found: str
) -> None:
    check = look(wanted, error)
    assert check.status is Status.FAIL
    assert found in check.found
    assert check.repair.endswith("/configure.yml --tags credentials,rspamd")
