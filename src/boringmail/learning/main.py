"""boringmail-learn: configuration, socket, signals.

systemd holds the socket and starts the daemon for the first connection; it ends when nobody has come for a
while. So it costs no memory where nobody teaches.
"""

import argparse
import asyncio
import contextlib
import logging
import signal
import socket
import ssl
import sys
from functools import partial
from pathlib import Path

from boringmail.inbound import log, systemd
from boringmail.inbound.settings_file import ConfigError
from boringmail.learning import config as configuration
from boringmail.learning import controller
from boringmail.learning.config import Config
from boringmail.learning.listener import Listener
from boringmail.learning.server import Desk

_TICK_SECONDS = 1.0
_BACKLOG = 64
EXIT_CONFIG = 78  # sysexits.h EX_CONFIG


def main() -> None:
    """The entry point of the daemon."""
    parser = argparse.ArgumentParser(
        prog="boringmail-learn", description="Takes mails from the application and has Rspamd learn them."
    )
    parser.add_argument("--config", type=Path, default=configuration.DEFAULT_PATH)
    parser.add_argument("--check-config", action="store_true", help="read configuration and keys, then exit")
    arguments = parser.parse_args()
    try:
        config = configuration.load(arguments.config)
        keys, context = configuration.webhook_keys(config), configuration.tls(config)
        found = None if arguments.check_config else open_socket(config, arguments.config)
    except (ConfigError, OSError) as error:
        print(f"boringmail-learn: {error}", file=sys.stderr)  # noqa: T201 - before there is a log
        raise SystemExit(EXIT_CONFIG) from None
    if found is not None:
        log.configure(config.log_level)
        # It has a line for each handshake that strangers fail.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        asyncio.run(serve(config, keys, context, found))


def open_socket(config: Config, source: Path) -> socket.socket:
    """The socket passed by systemd, or made at the configured address. Raises ConfigError, OSError."""
    passed = systemd.passed_sockets()
    if "learn" in passed:
        return passed["learn"]
    if not config.listen:
        raise ConfigError(f"{source}: listen: no socket was passed by systemd and no address is set")
    host, _, port = config.listen.rpartition(":")
    return socket.create_server((host, int(port)), backlog=_BACKLOG)


async def serve(
    config: Config, keys: tuple[bytes, ...], context: ssl.SSLContext, found: socket.socket
) -> None:
    """Runs until SIGTERM or SIGINT, or until nobody has come for long; then finishes what is under way."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    desk = Desk(config, keys, partial(controller.teach, path=Path(config.controller_socket)))
    listener = await Listener(desk, head_seconds=config.head_seconds).listen(found, context)
    systemd.notify("READY=1")
    log.event("started")
    while not stop.is_set() and listener.idle_seconds() < config.idle_seconds:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _TICK_SECONDS)
    systemd.notify("STOPPING=1")
    await listener.stop()
    log.event("stopped")
