"""The lists' sockets: DNS over UDP, and over TCP with its two bytes of length (RFC 7766 8)."""

import asyncio
import contextlib
import struct

from lab.services.lists.catalogue import Catalogue
from lab.services.lists.protocol import answer

IDLE_SECONDS = 30.0


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override] # as asyncio calls it
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = answer(data, self._catalogue)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, addr)


async def serve(catalogue: Catalogue, address: str, port: int) -> asyncio.Server:
    """Open both sockets; the caller serves the one that is returned."""
    await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Datagrams(catalogue), local_addr=(address, port)
    )

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, TimeoutError, OSError):
            while True:
                await _one(reader, writer, catalogue)
        writer.close()

    return await asyncio.start_server(stream, address, port)


async def _one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, catalogue: Catalogue) -> None:
    async with asyncio.timeout(IDLE_SECONDS):
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        query = await reader.readexactly(length)
    reply = answer(query, catalogue, stream=True)
    if reply is not None:
        writer.write(struct.pack("!H", len(reply)) + reply)
        await writer.drain()
