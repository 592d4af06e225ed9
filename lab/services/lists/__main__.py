"""Run the lists: DNS on :53, the control port on :8053."""

import argparse
import asyncio
import logging

from aiohttp import web

from lab.services.lists.catalogue import Catalogue
from lab.services.lists.control import Control
from lab.services.lists.server import serve


def options(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; the defaults are the lab's."""
    parser = argparse.ArgumentParser(prog="lab.services.lists", description=__doc__)
    parser.add_argument("--address", default="203.0.113.28")
    parser.add_argument("--port", type=int, default=53)
    parser.add_argument("--control-port", type=int, default=8053)
    parser.add_argument("--zones", nargs="+", default=["zen.lists.example", "bl.lists.example"])
    return parser.parse_args(argv)


async def run(settings: argparse.Namespace) -> None:
    """Serve until cancelled."""
    catalogue = Catalogue(settings.zones)
    server = await serve(catalogue, settings.address, settings.port)
    runner = web.AppRunner(Control(catalogue).application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, settings.address, settings.control_port).start()
    async with server:
        await server.serve_forever()


def main() -> None:
    """Entry point."""
    logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s")
    asyncio.run(run(options()))


if __name__ == "__main__":
    main()
