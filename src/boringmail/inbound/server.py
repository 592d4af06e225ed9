"""The sockets: LMTP connections from Postfix, and whether a recipient is gone."""

import asyncio
import contextlib
import time
from typing import Any

from boringmail.inbound import policy
from boringmail.inbound.config import Config
from boringmail.inbound.delivery import Delivery
from boringmail.inbound.gone import GoneList
from boringmail.inbound.lmtp import Message, Session
from boringmail.inbound.policy_server import PolicyServer

_READ_BYTES = 65_536
_GOING = b"421 4.3.2 Service going down, try again\r\n"


class LmtpServer:
    """Serves LMTP connections. `stop` lets messages under way finish."""

    def __init__(self, config: Config, delivery: Delivery, *, host_name: str) -> None:
        self._config = config
        self._delivery = delivery
        self._host_name = host_name
        self._sessions: dict[asyncio.Task[Any], Session] = {}
        self._stopping = False

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from greeting to close."""
        session = Session(
            host_name=self._host_name,
            size_limit_bytes=self._config.message_size_limit_bytes,
            budget=self._delivery.messages,
        )
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection is served by a task")
        self._sessions[task] = session
        try:
            writer.write(session.greeting)
            await self._converse(session, reader, writer)
        except (OSError, TimeoutError):
            pass  # the connection is gone, or idle too long: Postfix tries again by itself
        except asyncio.CancelledError:
            with contextlib.suppress(OSError):
                writer.write(_GOING)
        finally:
            del self._sessions[task]
            session.close()
            writer.close()

    async def _converse(
        self, session: Session, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        # The replies to commands that came in one packet (RFC 2920) go in one as well.
        replies = b""
        while not session.closing:
            step = session.next()
            if isinstance(step, Message):
                writer.write(replies)  # what is answered does not wait for this one
                replies = await self._delivered(session, step)
            elif step is not None:
                replies += step
            else:
                writer.write(replies)
                replies = b""
                await writer.drain()
                if self._stopping and session.idle:
                    raise asyncio.CancelledError
                async with asyncio.timeout(self._config.lmtp_idle_seconds):
                    data = await reader.read(_READ_BYTES)
                if not data:
                    return
                session.feed(data)
        writer.write(replies)
        await writer.drain()

    async def _delivered(self, session: Session, message: Message) -> bytes:
        try:
            return session.answer(await self._delivery.deliver(message))
        finally:
            self._delivery.messages.give(message.held_bytes)

    async def stop(self) -> None:
        """Closes idle connections at once, the others when their message is answered."""
        self._stopping = True
        for task, session in self._sessions.items():
            if session.idle:
                task.cancel()
        if self._sessions:
            await asyncio.wait(self._sessions, timeout=self._config.timeout_seconds + 2)
        for task in self._sessions:
            task.cancel()


def gone_server(gone: GoneList) -> PolicyServer:
    """Tells Postfix whether a recipient is gone."""

    async def answer(request: dict[str, str]) -> bytes:
        return policy.action(gone=gone.contains(request.get("recipient", ""), now=time.time()))

    return PolicyServer(answer)
