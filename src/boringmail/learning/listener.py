"""The connections of the learning daemon: TLS, an end for who says nothing, and how long ago one came."""

import asyncio
import contextlib
import socket
import ssl
import time
from typing import Self

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from boringmail.learning.server import Desk

# The longest that a lesson takes: waiting for room, a slow body, and Rspamd.
_STOP_SECONDS = 70.0
_CLOSE_SECONDS = 5.0


class Listener:
    """Serves a listening socket until it is closed."""

    def __init__(self, desk: Desk, *, head_seconds: float) -> None:
        self._desk, self._head_seconds = desk, head_seconds
        self._silent: set[RequestHandler] = set()
        # A body is the mail as it was signed; the time to finish an upload that was refused is short.
        self._http = web.Server(self._answer, access_log=None, auto_decompress=False, lingering_time=2.0)
        self._server: asyncio.Server | None = None
        self._last_came = time.monotonic()
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def listen(self, found: socket.socket, context: ssl.SSLContext) -> Self:
        """Begins to serve."""
        self._server = await asyncio.get_running_loop().create_server(
            self._connection, sock=found, ssl=context, ssl_handshake_timeout=self._head_seconds
        )
        return self

    def idle_seconds(self) -> float:
        """How long ago the last connection came."""
        return time.monotonic() - self._last_came

    async def stop(self) -> None:
        """Takes no more connections, lets requests under way finish. Who waits in the socket is not lost."""
        if self._server is not None:
            self._server.close()
        # Told to shut down, aiohttp throws away what still comes of a body.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), _STOP_SECONDS)
        self._http.pre_shutdown()
        await self._http.shutdown(_CLOSE_SECONDS)

    def _connection(self) -> RequestHandler:
        self._last_came = time.monotonic()
        connection = self._http()
        self._silent.add(connection)
        asyncio.get_running_loop().call_later(2 * self._head_seconds, self._cut_if_silent, connection)
        return connection

    def _cut_if_silent(self, connection: RequestHandler) -> None:
        """By itself aiohttp waits for the first request for ever. Counted from before the handshake."""
        if connection in self._silent:
            self._silent.remove(connection)
            connection.force_close()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        self._silent.discard(request.protocol)
        self._under_way += 1
        self._idle.clear()
        try:
            return await self._desk.answer(request)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()
