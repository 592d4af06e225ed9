"""Answers that do not come, come byte by byte, or break off: what no web framework does by itself."""

import asyncio
import socket
import struct

from aiohttp import web

POLL_SECONDS = 0.5
# Longer than anybody waits for it.
BODY_BYTES = 100


def _gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


async def stay(request: web.Request, seconds: float) -> None:
    """Say nothing for so long, or until the caller has gone."""
    for _ in range(int(seconds / POLL_SECONDS)):
        if _gone(request):
            return
        await asyncio.sleep(POLL_SECONDS)


async def trickle(request: web.Request, data: bytes, seconds: float) -> web.StreamResponse:
    """Send a byte every so many seconds, past the framework, until the caller has had enough."""
    for position in range(len(data)):
        if request.transport is None or _gone(request):
            break
        request.transport.write(data[position : position + 1])
        await stay(request, seconds)
    return _broken_off(request)


async def trickle_head(request: web.Request, seconds: float) -> web.StreamResponse:
    """Send a good answer that never comes to its end."""
    return await trickle(request, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", seconds)


async def trickle_body(request: web.Request, status: int, seconds: float) -> web.StreamResponse:
    """Send a status at once, and its text byte by byte."""
    if request.transport is not None:
        head = f"HTTP/1.1 {status} As told\r\nContent-Length: {BODY_BYTES}\r\n\r\n"
        request.transport.write(head.encode())
    return await trickle(request, b"x" * BODY_BYTES, seconds)


async def reset(request: web.Request) -> web.StreamResponse:
    """Read a little of the request, then reset the connection (RST, not FIN)."""
    await request.content.readany()
    transport = request.transport
    if transport is not None and (sock := transport.get_extra_info("socket")) is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return _broken_off(request)


def _broken_off(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
