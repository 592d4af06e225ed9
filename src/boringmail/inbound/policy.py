"""Postfix's policy delegation protocol (SMTPD_POLICY_README): requests in, actions out, no I/O."""

_REQUEST_LIMIT_BYTES = 65_536
DUNNO = "DUNNO"


class PolicyError(Exception):
    """What came is no policy request; the connection is to be closed, and Postfix answers 4xx by itself."""


class PolicyReader:
    """Cuts a stream into requests: lines of name=value, ended by an empty line."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[dict[str, str]]:
        """The requests that are complete now. Raises PolicyError."""
        *complete, self._buffer = (self._buffer + data).split(b"\n\n")
        if len(self._buffer) > _REQUEST_LIMIT_BYTES:
            raise PolicyError("request too long")
        return [_attributes(request) for request in complete]


def _attributes(request: bytes) -> dict[str, str]:
    attributes = {}
    for line in request.decode("utf-8", "replace").split("\n"):
        name, mark, value = line.partition("=")
        if not mark:
            raise PolicyError("line without =")
        attributes[name] = value
    return attributes


def action(*, gone: bool) -> bytes:
    """The answer about one recipient. RFC 3463 5.1.1: bad destination mailbox address."""
    verdict = "550 5.1.1 No such mailbox here" if gone else DUNNO
    return f"action={verdict}\n\n".encode()
