"""The private key that the host signs with, against the public half that the domain's record has to show."""

import base64
import binascii
import hashlib
import subprocess
from collections.abc import Callable
from functools import partial

from boringmail.checks import repairs
from boringmail.checks.causes import Key
from boringmail.checks.result import Check, Status


def check_dkim_key(title: str, path: str, wanted: str, read: Callable[[], bytes]) -> Check:
    """`read` gives the public half (DER) of the key in the file, as the signer sees it.

    `wanted` is base64 (RFC 6376 3.6.1, p=); empty compares nothing.
    """
    expected = f"{path} can be read by the signer" + (f" and belongs to {_short(wanted)}" if wanted else "")
    told = partial(Check, name=title, key=Key.DKIM_KEY, expected=expected)
    wrong = partial(
        told,
        status=Status.FAIL,
        hint="fetch the key again and hand it to Rspamd",
        repair=repairs.playbook("configure", "credentials,rspamd"),
    )
    try:
        held = read()
    except subprocess.CalledProcessError as error:
        return wrong(found=f"{path}: {_last_line(error.stderr)}")
    except OSError as error:
        return wrong(found=str(error))
    shown = base64.b64encode(held).decode()
    if wanted and not _same(shown, wanted):
        return wrong(found=f"a key that belongs to {_short(shown)}")
    found = f"{path} belongs to {_short(shown)}" + ("" if wanted else "; nothing to compare it with")
    return told(status=Status.PASS, found=found)


def _same(one: str, other: str) -> bool:
    return "".join(one.split()) == "".join(other.split())


def _short(encoded: str) -> str:
    """A name for a public key: people cannot compare four hundred characters."""
    try:
        der = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return f"no key ({encoded[:20]})"
    return f"public key {hashlib.sha256(der).hexdigest()[:16]}"


def _last_line(words: bytes | str | None) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words or ""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no words")
