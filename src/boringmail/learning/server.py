"""`POST /learn/spam` and `/learn/ham`: HTTP around the lessons.

By aiohttp's low-level server: two paths need no framework, and what that does by itself (100 Continue,
reading and unpacking bodies) must not happen before the head of a request was looked at.
"""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import ClientError, web

from boringmail.inbound import log
from boringmail.learning.config import Config
from boringmail.learning.controller import MailClass, NotLearnedError, NotPermittedError, Result
from boringmail.learning.request import Lesson, RefusedError, Seal, lesson
from boringmail.learning.room import Room

Teach = Callable[[MailClass, bytearray], Result]
_BODIES_AT_ONCE = 2  # of the largest size
_LOGGED_CHARACTERS = 80  # of what a client has chosen


class Desk:
    """Answers requests. `teach` may block, and is called in a thread."""

    def __init__(
        self, config: Config, keys: tuple[bytes, ...], teach: Teach, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._config, self._keys, self._teach, self._clock = config, keys, teach, clock
        self._room = Room(_BODIES_AT_ONCE * config.message_size_limit_bytes)

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """200 learned, now or earlier; 503 to be tried again; any other is for good. One log line each."""
        began = time.monotonic()
        try:
            result = await self._learn(request)
            status, body, headers = HTTPStatus.OK, {"result": result.value}, {}
        except RefusedError as error:
            status, body, headers = error.status, {"error": str(error)}, error.headers
        log.event(
            "learn",
            level="info" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "warning",
            status=int(status),
            path=_plain(request.path),
            **body,
            id=_plain(request.headers.get("webhook-id", "")) or None,
            size_bytes=request.content_length,
            client=request.remote,
            seconds=time.monotonic() - began,
        )
        response = web.json_response(body, status=status, headers=headers)
        response.force_close()  # one connection, one mail: no connection waits for a next one
        return response

    async def _learn(self, request: web.BaseRequest) -> Result:
        limit = self._config.message_size_limit_bytes
        asked = lesson(request.method, request.path, request.headers, limit_bytes=limit, now=self._clock())
        try:
            async with self._room.hold(asked.length_bytes, seconds=self._config.wait_seconds):
                raw = await self._body(request, asked)
                return await asyncio.to_thread(self._teach, asked.mail_class, raw)
        except TimeoutError:
            raise self._later("too many mails at once") from None
        except NotLearnedError as error:
            if error.temporary or isinstance(error, NotPermittedError):
                raise self._later(str(error)) from error
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error

    async def _body(self, request: web.BaseRequest, asked: Lesson) -> bytearray:
        """The mail, once it is known to be signed. Raises RefusedError."""
        seal = Seal(asked, self._keys)
        raw, filled = bytearray(asked.length_bytes), 0
        try:
            async with asyncio.timeout(self._config.read_seconds):
                await _continue(request)
                while piece := await request.content.readany():
                    seal.update(piece)
                    raw[filled : filled + len(piece)] = piece
                    filled += len(piece)
        except TimeoutError:
            reason = f"the body did not come within {self._config.read_seconds} s"
            raise RefusedError(HTTPStatus.REQUEST_TIMEOUT, reason) from None
        except (ClientError, web.RequestPayloadError, ConnectionError) as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "the connection broke off") from error
        if filled != asked.length_bytes:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is not as long as Content-Length says")
        seal.check()
        return raw

    def _later(self, reason: str) -> RefusedError:
        headers = {"Retry-After": str(self._config.retry_after_seconds)}
        return RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, reason, headers=headers)


def _plain(text: str) -> str:
    return text[:_LOGGED_CHARACTERS].encode("ascii", "replace").decode()


async def _continue(request: web.BaseRequest) -> None:
    """Tells a client that asked first (curl does, above a megabyte) to send the body (RFC 9110 10.1.1)."""
    if request.headers.get("expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
