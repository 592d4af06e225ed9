"""One connection of Postfix's policy delegation protocol: a request, an answer, the next request."""

import asyncio
from collections.abc import Awaitable, Callable

from boringmail.inbound import log, policy

_READ_BYTES = 65_536
_Answer = Callable[[dict[str, str]], Awaitable[bytes]]


class PolicyServer:
    """Answers each request by `answer`. On anything odd the connection is closed, and Postfix defers."""

    def __init__(self, answer: _Answer) -> None:
        self._answer = answer

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        requests = policy.PolicyReader()
        try:
            while data := await reader.read(_READ_BYTES):
                for request in requests.feed(data):
                    writer.write(await self._answer(request))
                await writer.drain()
        except policy.PolicyError as error:
            log.event("policy_request_refused", level="warning", error=error)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
