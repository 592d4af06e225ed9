"""Rspamd's controller, which teaches its Bayes one mail (rspamd.com/doc/architecture/protocol.html).

With the standard library alone: one request over a unix socket needs no more, and so it runs wherever Python
does.
"""

import http.client
import json
import socket
from enum import StrEnum
from pathlib import Path

SOCKET = Path("/run/rspamd/controller.sock")
SECONDS = 25.0  # more than Rspamd's own patience for a mail
_LEARNED, _NOTHING_TO_LEARN, _ALREADY_LEARNED, _BROKEN = 200, 204, 208, 500


class MailClass(StrEnum):
    """What a mail is."""

    SPAM = "spam"
    HAM = "ham"


class Result(StrEnum):
    """What came of it: learned now, or earlier."""

    LEARNED = "learned"
    KNOWN = "known"


class NotLearnedError(Exception):
    """The mail was not learned; the text says why. `temporary`: it may be tried again."""

    def __init__(self, reason: str, *, temporary: bool) -> None:
        super().__init__(reason)
        self.temporary = temporary


class NotPermittedError(NotLearnedError):
    """Whoever asks may not reach the controller."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def teach(
    mail_class: MailClass, raw: bytes | bytearray, *, path: Path = SOCKET, seconds: float = SECONDS
) -> Result:
    """Teaches one mail, whose bytes may be any. Raises NotLearnedError."""
    # "bulk": people teach, and a mail of which Rspamd is sure already makes it surer of the next one like it.
    headers = {"Learn-Type": "bulk"}
    connection = _UnixConnection(path, seconds)
    try:
        connection.request("POST", f"/learn{mail_class}", raw, headers)
        response = connection.getresponse()
        body = response.read()
    except PermissionError:
        raise NotPermittedError(f"{path}: no permission; run it as root", temporary=False) from None
    except TimeoutError:
        raise NotLearnedError(f"Rspamd did not answer within {seconds:g} s", temporary=True) from None
    except (OSError, http.client.HTTPException) as error:
        words = f"Rspamd cannot be reached ({error or type(error).__name__}); see systemctl status rspamd"
        raise NotLearnedError(words, temporary=True) from error
    finally:
        connection.close()
    return _result(response.status, response.reason, body)


def _result(status: int, reason: str, body: bytes) -> Result:
    if status == _LEARNED:
        return Result.LEARNED
    if status == _ALREADY_LEARNED:
        return Result.KNOWN
    if status == _NOTHING_TO_LEARN:
        raise NotLearnedError(f"too little text to learn from ({reason})", temporary=False)
    words = _words(body) or reason
    if status >= _BROKEN:
        # Such as Valkey being away.
        raise NotLearnedError(f"Rspamd could not store it: {words}; is Valkey well?", temporary=True)
    raise NotLearnedError(f"Rspamd refuses it: {words}", temporary=False)


def _words(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return ""
