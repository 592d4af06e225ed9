"""The app's control port: what it got and was asked, and how it shall behave. JSON, for the lab's driver."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from lab.services.app.behaviour import Behaviour, Mode, rule_of
from lab.services.app.ledger import Ledger


class Control:
    """Answers the control port; `listen` opens and closes the endpoint's own port."""

    def __init__(
        self,
        ledger: Ledger,
        asked: Ledger,
        behaviour: Behaviour,
        listen: Callable[[bool], Awaitable[None]],
    ) -> None:
        self._ledgers = {"received": ledger, "asked": asked}
        self._behaviour = behaviour
        self._listen = listen

    def application(self) -> web.Application:
        """Build the HTTP application."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/health", self._health),
                web.get("/{ledger:received|asked}", self._listing),
                web.delete("/{ledger:received|asked}", self._clear),
                web.get("/{ledger:received|asked}/{number:\\d+}/body", self._body),
                web.get("/mode", self._mode),
                web.put("/mode", self._set_mode),
            ]
        )
        return application

    async def _health(self, request: web.Request) -> web.Response:
        del request
        return web.json_response({"ok": True})

    async def _listing(self, request: web.Request) -> web.Response:
        since = int(request.query.get("since", "0"))
        return web.json_response([receipt.public() for receipt in self._ledger_of(request).since(since)])

    async def _clear(self, request: web.Request) -> web.Response:
        self._ledger_of(request).clear()
        return web.Response(status=204)

    async def _body(self, request: web.Request) -> web.Response:
        body = self._ledger_of(request).body(int(request.match_info["number"]))
        if body is None:
            raise web.HTTPNotFound(text="no such body, or no longer kept")
        return web.Response(text=body, content_type="application/json")

    def _ledger_of(self, request: web.Request) -> Ledger:
        return self._ledgers[request.match_info["ledger"]]

    async def _mode(self, request: web.Request) -> web.Response:
        del request
        return self._rules()

    async def _set_mode(self, request: web.Request) -> web.Response:
        """Take one rule, a list of rules (the first that fits wins), or an empty list (all well)."""
        order: Any = await request.json()
        try:
            rules = [rule_of(entry) for entry in (order if isinstance(order, list) else [order])]
        except (KeyError, TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=f"bad mode: {error!r}") from error
        self._behaviour.set(rules)
        await self._listen(all(rule.mode is not Mode.DOWN for rule in rules))
        return self._rules()

    def _rules(self) -> web.Response:
        return web.json_response([rule.public() for rule in self._behaviour.rules()])
