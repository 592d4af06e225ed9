"""boringmail-policy: configuration, socket, signals."""

import argparse
import asyncio
import contextlib
import gc
import signal
import socket
import ssl
import sys
import time
from pathlib import Path

from boringmail.inbound import authority, key_file, listener, log, systemd
from boringmail.inbound.policy_server import PolicyServer
from boringmail.inbound.route import DEFAULT_NAME
from boringmail.inbound.settings_file import ConfigError
from boringmail.policy import config as configuration
from boringmail.policy.config import CREDENTIAL_NAME, Config
from boringmail.policy.endpoint import Endpoint
from boringmail.policy.recipients import Recipients

_TICK_SECONDS = 1.0
EXIT_CONFIG = 78  # sysexits.h EX_CONFIG


def main() -> None:
    """The entry point of the daemon."""
    parser = argparse.ArgumentParser(
        prog="boringmail-policy", description="Tells Postfix which recipients the application knows."
    )
    parser.add_argument("--config", type=Path, default=configuration.DEFAULT_PATH)
    parser.add_argument("--check-config", action="store_true", help="read configuration and keys, then exit")
    arguments = parser.parse_args()
    try:
        config = configuration.load(arguments.config)
        endpoints = make_endpoints(config, str(arguments.config))
        found = None if arguments.check_config else open_socket(config, arguments.config)
    except (ConfigError, OSError) as error:
        print(f"boringmail-policy: {error}", file=sys.stderr)  # noqa: T201 - before there is a log
        raise SystemExit(EXIT_CONFIG) from None
    if found is not None:
        log.configure(config.log_level)
        asyncio.run(serve(config, endpoints, found))


def make_endpoints(config: Config, source: str) -> dict[str, Endpoint]:
    """The applications to ask, by route name. Raises ConfigError, which names the file, never a key."""
    contexts: dict[str, ssl.SSLContext] = {}

    def trust(file: str, key: str) -> ssl.SSLContext:
        if file not in contexts:  # the system's authorities take a megabyte
            contexts[file] = authority.context(file, key=f"{source}: {key}")
        return contexts[file]

    label = DEFAULT_NAME if config.routes else None
    main_key_file = key_file.located(CREDENTIAL_NAME, config.webhook_key_file)
    main_keys = key_file.read(main_key_file, key="webhook key")
    tls = trust(config.recipients_ca_file, "recipients_ca_file")
    found = {DEFAULT_NAME: Endpoint(config, url=config.recipients_url, keys=main_keys, tls=tls, label=label)}
    for number, of in enumerate(config.routes):
        if not of.url:
            continue
        keys = main_keys
        if of.key_file:
            path = key_file.located(f"{CREDENTIAL_NAME}-{of.name}", of.key_file)
            keys = key_file.read(path, key=f"key_file of route {of.name}")
        tls = trust(of.ca_file, f"routes[{number}].ca_file")
        found[of.name] = Endpoint(config, url=of.url, keys=keys, tls=tls, label=of.name)
    return found


def open_socket(config: Config, source: Path) -> socket.socket:
    """The socket passed by systemd, or made from the configured path. Raises ConfigError, OSError."""
    passed = systemd.passed_sockets()
    if "policy" in passed:
        return passed["policy"]
    if not config.policy_socket:
        raise ConfigError(f"{source}: policy_socket: no socket was passed by systemd and none is set")
    return listener.bind(config.policy_socket)


async def serve(config: Config, endpoints: dict[str, Endpoint], found: socket.socket) -> None:
    """Runs until SIGTERM or SIGINT. A request under way then gets no answer: Postfix asks once more."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    recipients = Recipients(config, endpoints)
    server = await listener.listen(PolicyServer(recipients.answer).handle, found)
    gc.freeze()  # what was imported never becomes garbage: collections need not look at it
    systemd.notify("READY=1")
    log.event("started")
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _TICK_SECONDS)
        for endpoint in endpoints.values():
            endpoint.tick(now=time.monotonic())
    systemd.notify("STOPPING=1")
    server.close()
    log.event("stopped")
