"""Connections made from inside a network namespace of the lab, without starting a process there.

Only the thread that calls setns(2) moves; a socket stays in the namespace in which it was made.
"""

import http.client
import json
import os
import socket
import threading
from enum import StrEnum
from pathlib import Path
from typing import Any

NAMESPACES = Path("/run/netns")


class Reach(StrEnum):
    """What a connection attempt met. A security group drops, as on EC2, so its refusal is silence."""

    OPEN = "open"
    REFUSED = "refused"
    SILENT = "silent"


def connect(
    namespace: str, target: tuple[str, int], *, source: str | None = None, seconds: float = 10.0
) -> socket.socket:
    """Connect from `namespace` (from its address `source`, if given); OSError when that fails."""
    result: list[socket.socket | OSError] = []

    def inside() -> None:
        try:
            with (NAMESPACES / namespace).open("rb") as file:
                os.setns(file.fileno(), os.CLONE_NEWNET)
            bound = (source, 0) if source else None
            result.append(socket.create_connection(target, timeout=seconds, source_address=bound))
        except OSError as error:
            result.append(error)

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    if isinstance(result[0], OSError):
        raise result[0]
    return result[0]


def reach(
    namespace: str, target: tuple[str, int], *, source: str | None = None, seconds: float = 3.0
) -> Reach:
    """Tell whether a port can be reached from `namespace`."""
    try:
        connect(namespace, target, source=source, seconds=seconds).close()
    except ConnectionRefusedError:
        return Reach.REFUSED
    except OSError:
        return Reach.SILENT
    return Reach.OPEN


class ControlError(RuntimeError):
    """A control port answered with an error, or not at all."""


class ControlPort:
    """Speaks JSON with a service's control port, from inside the service's own namespace."""

    def __init__(self, namespace: str, address: str, port: int) -> None:
        self._namespace = namespace
        self._target = (address, port)

    def call(self, method: str, path: str, document: Any = None, *, seconds: float = 30.0) -> Any:
        """Make one request; returns the JSON answer, None when there is no body. Raises ControlError."""
        where = f"{method} http://{self._target[0]}:{self._target[1]}{path} in {self._namespace}"
        try:
            connection = http.client.HTTPConnection(*self._target, timeout=seconds)
            connection.sock = connect(self._namespace, self._target, seconds=seconds)
            body = None if document is None else json.dumps(document)
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise ControlError(f"{where}: {type(error).__name__}: {error}") from error
        finally:
            connection.close()
        if response.status >= http.HTTPStatus.BAD_REQUEST:
            raise ControlError(f"{where}: {response.status} {data[:500]!r}")
        return json.loads(data) if data else None
