"""Serving a listening Unix socket, whoever made it."""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

_BACKLOG = 128
_Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def bind(path: str) -> socket.socket:
    """A socket at a path, for running by hand. Raises OSError."""
    Path(path).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(_BACKLOG)
    return listener


async def listen(handler: _Handler, listener: socket.socket) -> asyncio.Server:
    """Serves a listening Unix socket. Its file belongs to whoever made it, and stays when the server ends."""
    # Python 3.13 removes the file by default; a socket unit would then listen where nobody can connect.
    options: dict[str, Any] = {} if sys.version_info < (3, 13) else {"cleanup_socket": False}
    return await asyncio.start_unix_server(handler, sock=listener, **options)
