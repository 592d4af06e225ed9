"""`POST /learn`: the application teaches the spam filter. An aiohttp application for a daemon to serve.

It must be served over TLS and inside the VPC alone: who holds the key may teach anything.
"""

import asyncio
import time
from collections.abc import Callable

from aiohttp import web

from boringmail.learning.controller import MailClass, NotLearnedError, Result
from boringmail.learning.request import Answered, RefusedError, lesson

# A mail of 25 MB in base64, and room for the rest.
BODY_BYTES = 36 * 1024 * 1024
# As many bodies as may be in memory, some four times their mail's size each; who waits longer is told to come
# again.
AT_ONCE = 1
WAIT_SECONDS = 10.0
READ_SECONDS = 10.0
RETRY_SECONDS = 30

Teach = Callable[[MailClass, bytes], Result]


def application(
    keys: tuple[bytes, ...], teach: Teach, *, clock: Callable[[], float] = time.time
) -> web.Application:
    """The application; `teach` may block and is called in a thread."""
    desk = _Desk(keys, teach, clock)
    app = web.Application(client_max_size=BODY_BYTES)
    app.router.add_post("/learn", desk.learn)
    return app


class _Desk:
    def __init__(self, keys: tuple[bytes, ...], teach: Teach, clock: Callable[[], float]) -> None:
        self._keys, self._teach, self._clock = keys, teach, clock
        self._answered = Answered()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def learn(self, request: web.Request) -> web.Response:
        """200 learned, now or earlier; 503 to be tried again; any other is for good."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._room.acquire()
        except TimeoutError:
            return _later("too many requests at once")
        try:
            return await self._answer(request)
        except RefusedError as error:
            return web.json_response({"error": str(error)}, status=error.status)
        except NotLearnedError as error:
            return (
                _later(str(error))
                if error.temporary
                else web.json_response({"error": str(error)}, status=422)
            )
        finally:
            self._room.release()

    async def _answer(self, request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(READ_SECONDS):
                body = await request.read()
        except TimeoutError:
            raise RefusedError(408, "the body came too slowly") from None
        asked = lesson(request.headers, body, self._keys, now=self._clock())
        result = Result.KNOWN
        if asked.identifier not in self._answered:
            result = await asyncio.to_thread(self._teach, asked.mail_class, asked.raw)
            self._answered.add(asked.identifier, now=self._clock())
        return web.json_response({"result": result.value})


def _later(reason: str) -> web.Response:
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return web.json_response({"error": reason}, status=503, headers=headers)
