"""The applications that mail is posted to: the main URL's, and one for each route."""

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from boringmail.inbound import route, webhook
from boringmail.inbound.app import App
from boringmail.inbound.config import Config
from boringmail.inbound.decision import Answer
from boringmail.inbound.flusher import Flusher
from boringmail.inbound.outage import Outage
from boringmail.inbound.route import DEFAULT_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One application: its connections, its keys, and whether it may be called."""

    name: str
    # The name in log lines; None where there is only one endpoint.
    label: str | None
    app: App
    keys: tuple[bytes, ...]
    outage: Outage

    async def post(self, body: list[bytes], identifier: str) -> Answer:
        """One signed attempt. `body` comes in pieces."""
        return await self.app.post(body, webhook.headers(self.keys, identifier, *body, now=time.time()))


class Endpoints:
    """All of them. An async context manager; `keys` are by route name, the main ones by DEFAULT_NAME."""

    def __init__(self, config: Config, keys: Mapping[str, tuple[bytes, ...]]) -> None:
        self._config = config
        self._flusher = Flusher(config)
        self._stack = contextlib.AsyncExitStack()
        self.several = bool(config.routes)
        self._by_name = {
            name: Endpoint(
                name=name,
                label=name if self.several else None,
                app=App(config, of),
                keys=keys[name],
                outage=Outage(config, self._flusher, route=name if self.several else None),
            )
            for name, of in [(DEFAULT_NAME, None), *((of.name, of) for of in config.routes)]
        }

    async def __aenter__(self) -> Self:
        """Opens the connection pools. Raises OSError if an authority file cannot be read."""
        async with contextlib.AsyncExitStack() as stack:
            for endpoint in self._by_name.values():
                await stack.enter_async_context(endpoint.app)
            self._stack = stack.pop_all()
        self._flusher.started(now=time.monotonic())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes the connections."""
        await self._stack.aclose()

    def of(self, recipient: str) -> Endpoint:
        """The one that takes this recipient."""
        found = route.find(self._config.routes, recipient, mail_domain=self._config.mail_domain)
        return self._by_name[found.name if found else DEFAULT_NAME]

    def tick(self, *, now: float) -> None:
        """What is due by time alone; called every second or so."""
        for endpoint in self._by_name.values():
            endpoint.outage.tick(now=now)
        paused = all(endpoint.outage.paused for endpoint in self._by_name.values())
        self._flusher.tick(now=now, all_paused=paused)
