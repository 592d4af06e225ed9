"""Run the app: the endpoint on :8080, with TLS on :8443, by a wrong name on :8444; control port on :8081."""

import argparse
import asyncio
import logging
import ssl
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from lab.services.app import authority
from lab.services.app.behaviour import Behaviour
from lab.services.app.control import Control
from lab.services.app.endpoint import Endpoint
from lab.services.app.ledger import Ledger

NAME = "app.example.com"
OTHER_NAME = "other.example.com"


class Listener:
    """The endpoint's ports, which can be closed (connections and all) and opened again."""

    def __init__(
        self, endpoint: Endpoint, address: str, port: int, secure: Mapping[int, ssl.SSLContext] | None = None
    ) -> None:
        self._endpoint = endpoint
        self._address = address
        self._ports: dict[int, ssl.SSLContext | None] = {port: None, **(secure or {})}
        self._runner: web.AppRunner | None = None

    async def listen(self, wanted: bool) -> None:
        """Open or close the port; nothing happens when it is as wanted."""
        if wanted and self._runner is None:
            self._runner = web.AppRunner(
                self._endpoint.application(),
                access_log=None,
                shutdown_timeout=0.1,
                handler_cancellation=False,
            )
            await self._runner.setup()
            for port, tls in self._ports.items():
                await web.TCPSite(self._runner, self._address, port, backlog=512, ssl_context=tls).start()
        elif not wanted and self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()


def options(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; the defaults are the lab's."""
    parser = argparse.ArgumentParser(prog="lab.services.app", description=__doc__)
    parser.add_argument("--address", default="0.0.0.0")  # noqa: S104 - the lab's router is the firewall
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--tls-port", type=int, default=8443)
    parser.add_argument("--wrong-name-port", type=int, default=8444)
    parser.add_argument("--control-port", type=int, default=8081)
    parser.add_argument("--state", type=Path, default=Path("/var/lib/lab-app"))
    return parser.parse_args(argv)


async def run(settings: argparse.Namespace) -> None:
    """Serve until cancelled."""
    ledger, asked = Ledger(settings.state / "received.jsonl"), Ledger(settings.state / "asked.jsonl")
    behaviour = Behaviour()
    endpoint = Endpoint(ledger, asked, behaviour, settings.state / "webhook-key")
    # Signed by an authority of the owner's own, which no machine trusts by itself.
    contexts = authority.contexts(settings.state / "tls", [NAME, OTHER_NAME])
    secure = dict(zip((settings.tls_port, settings.wrong_name_port), contexts, strict=True))
    listener = Listener(endpoint, settings.address, settings.port, secure)
    await listener.listen(True)
    runner = web.AppRunner(Control(ledger, asked, behaviour, listener.listen).application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, settings.address, settings.control_port).start()
    await asyncio.Event().wait()


def main() -> None:
    """Entry point."""
    logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s")
    asyncio.run(run(options()))


if __name__ == "__main__":
    main()
