"""The lists' control port: whom to list, and how to fail. HTTP and JSON, for the lab's driver."""

from ipaddress import IPv4Address
from typing import Any

from aiohttp import web

from lab.services.lists.catalogue import LISTED_TEST_POINT, Catalogue, ListZone, Mode, entry_of


class Control:
    """Answers the control port."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def application(self) -> web.Application:
        """Build the HTTP application."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/health", self._health),
                web.get("/lists", self._show),
                web.delete("/lists", self._reset),
                web.put("/lists/{zone}/mode", self._set_mode),
                web.put("/lists/{zone}/{ip}", self._list),
                web.delete("/lists/{zone}/{ip}", self._unlist),
            ]
        )
        return application

    async def _health(self, request: web.Request) -> web.Response:
        del request
        return web.json_response({"ok": True})

    async def _show(self, request: web.Request) -> web.Response:
        del request
        zones = self._catalogue.zones()
        return web.json_response({name: zone.public() for name, zone in zones.items()})

    async def _reset(self, request: web.Request) -> web.Response:
        del request
        for zone in self._catalogue.zones().values():
            zone.reset()
        return web.Response(status=204)

    async def _set_mode(self, request: web.Request) -> web.Response:
        zone = self._zone(request)
        order: Any = await request.json()
        try:
            zone.mode = Mode(order["mode"])
        except (KeyError, TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=f"bad mode: {error!r}") from error
        return web.json_response(zone.public())

    async def _list(self, request: web.Request) -> web.Response:
        zone, address = self._zone(request), _address(request)
        order: Any = await request.json()
        try:
            zone.entries[address] = entry_of(address, order)
        except (AttributeError, TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=f"bad entry: {error!r}") from error
        return web.json_response(zone.public())

    async def _unlist(self, request: web.Request) -> web.Response:
        zone, address = self._zone(request), _address(request)
        if address == LISTED_TEST_POINT:
            raise web.HTTPBadRequest(text=f"{address} is always listed (RFC 5782 5)")
        zone.entries.pop(address, None)
        return web.json_response(zone.public())

    def _zone(self, request: web.Request) -> ListZone:
        try:
            return self._catalogue.zone(request.match_info["zone"])
        except KeyError:
            raise web.HTTPNotFound(text="no such list") from None


def _address(request: web.Request) -> IPv4Address:
    try:
        return IPv4Address(request.match_info["ip"])
    except ValueError as error:
        raise web.HTTPBadRequest(text=str(error)) from error
