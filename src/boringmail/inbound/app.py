"""Calls the application: one POST, one answer, within one deadline."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping
from typing import Self

import aiohttp

from boringmail.inbound.config import Config
from boringmail.inbound.decision import Answer
from boringmail.inbound.route import Route
from boringmail.mime.text import single_line

_EXCERPT_LIMIT_BYTES = 2_000
_BODY_LIMIT_BYTES = 65_536
# A body above this is never one piece of memory.
_WHOLE_BYTES = 262_144
_BODY_SECONDS = 2.0
# Below what servers usually allow (five seconds and more): a connection that they close just as it is used
# again costs that mail a deferral.
_KEEPALIVE_SECONDS = 4.0


class App:
    """One endpoint, the main URL's or a route's, with its connections. An async context manager."""

    def __init__(self, config: Config, of: Route | None = None) -> None:
        self._config = config
        self._url = of.url if of else config.app_url
        self._authorities = of.ca_file if of else config.app_ca_file
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Opens the connection pool. Raises OSError if the authority file cannot be read."""
        tls = ssl.create_default_context(cafile=self._authorities) if self._authorities else True
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._config.attempts_limit, ssl=tls, keepalive_timeout=_KEEPALIVE_SECONDS
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()

    async def post(self, body: list[bytes], headers: Mapping[str, str]) -> Answer:
        """One attempt, which ends within `timeout_seconds`. Never raises for what the network does."""
        try:
            async with asyncio.timeout(self._config.timeout_seconds):
                return await self._call(body, headers)
        except TimeoutError:
            return Answer(failure="timeout")
        except aiohttp.ClientConnectorCertificateError:
            return Answer(failure="tls_failed")
        except aiohttp.ClientConnectorError:
            return Answer(failure="connection_failed")
        except (aiohttp.ClientError, OSError, ValueError):
            return Answer(failure="connection_lost")

    async def _call(self, body: list[bytes], headers: Mapping[str, str]) -> Answer:
        if self._session is None:
            raise RuntimeError("not entered")
        size = sum(map(len, body))
        whole = size <= _WHOLE_BYTES
        async with self._session.post(
            self._url,
            data=b"".join(body) if whole else _in_parts(body),
            headers=headers if whole else {**headers, "content-length": str(size)},
            allow_redirects=False,
        ) as response:
            excerpt = "" if response.content.at_eof() else await _excerpt(response)
            return Answer(response.status, retry_after=response.headers.get("Retry-After"), excerpt=excerpt)


async def _in_parts(body: list[bytes]) -> AsyncIterator[bytes]:
    """A little at a time, copied: a connection that is given up keeps what it could not send, and no more."""
    for piece in body:
        for start in range(0, len(piece), _WHOLE_BYTES):
            yield piece[start : start + _WHOLE_BYTES]


async def _excerpt(response: aiohttp.ClientResponse) -> str:
    """The beginning of the answer's text. Read on only as far as that is cheap: the status is the answer."""
    data = b""
    with contextlib.suppress(TimeoutError, aiohttp.ClientError, OSError):
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in response.content.iter_any():
                data += chunk
                if len(data) > _BODY_LIMIT_BYTES:
                    response.close()
                    break
    return single_line(data[:_EXCERPT_LIMIT_BYTES].decode("utf-8", "replace"))
