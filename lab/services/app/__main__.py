"""Run the app: the endpoint on :8080, the control port on :8081."""

import argparse
import asyncio
import logging
from pathlib import Path

from aiohttp import web

from lab.services.app.behaviour import Behaviour
from lab.services.app.control import Control
from lab.services.app.endpoint import Endpoint
from lab.services.app.ledger import Ledger


class Listener:
    """The endpoint's port, which can be closed (connections and all) and opened again."""

    def __init__(self, endpoint: Endpoint, address: str, port: int) -> None:
        self._endpoint = endpoint
        self._address = address
        self._port = port
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
            await web.TCPSite(self._runner, self._address, self._port, backlog=512).start()
        elif not wanted and self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()


def options(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; the defaults are the lab's."""
    parser = argparse.ArgumentParser(prog="lab.services.app", description=__doc__)
    parser.add_argument("--address", default="0.0.0.0")  # noqa: S104 - the lab's router is the firewall
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--control-port", type=int, default=8081)
    parser.add_argument("--state", type=Path, default=Path("/var/lib/lab-app"))
    return parser.parse_args(argv)


async def run(settings: argparse.Namespace) -> None:
    """Serve until cancelled."""
    ledger, behaviour = Ledger(settings.state / "received.jsonl"), Behaviour()
    endpoint = Endpoint(ledger, behaviour, settings.state / "webhook-key")
    listener = Listener(endpoint, settings.address, settings.port)
    await listener.listen(True)
    runner = web.AppRunner(Control(ledger, behaviour, listener.listen).application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, settings.address, settings.control_port).start()
    await asyncio.Event().wait()


def main() -> None:
    """Entry point."""
    logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s")
    asyncio.run(run(options()))


if __name__ == "__main__":
    main()
