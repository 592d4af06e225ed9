"""boringmail-inbound: configuration, sockets, signals."""

import argparse
import asyncio
import contextlib
import gc
import signal
import socket
import sys
import time
from pathlib import Path

from boringmail.inbound import authority, key_file, listener, log, systemd
from boringmail.inbound import config as configuration
from boringmail.inbound.budget import Budget
from boringmail.inbound.config import Config, ConfigError
from boringmail.inbound.dead_letter import DeadLetterBox
from boringmail.inbound.delivery import Delivery
from boringmail.inbound.endpoint import Endpoints
from boringmail.inbound.gone import GoneList
from boringmail.inbound.probe import ProbeRecords
from boringmail.inbound.retention import Retention
from boringmail.inbound.route import DEFAULT_NAME, Route
from boringmail.inbound.server import LmtpServer, gone_server
from boringmail.inbound.shares import Shares
from boringmail.inbound.threads import Threads

_TICK_SECONDS = 1.0
EXIT_CONFIG = 78  # sysexits.h EX_CONFIG


def main() -> None:
    """The entry point of the daemon."""
    parser = argparse.ArgumentParser(
        description="Takes mail from Postfix over LMTP, posts it to the application."
    )
    parser.add_argument("--config", type=Path, default=configuration.DEFAULT_PATH)
    parser.add_argument("--check-config", action="store_true", help="read configuration and key, then exit")
    arguments = parser.parse_args()
    try:
        config = configuration.load(arguments.config)
        check_authorities(config, arguments.config)
        keys = read_all_keys(config)
        if not arguments.check_config:
            prepare_directories(config, arguments.config)
            sockets = open_sockets(config, arguments.config)
    except (ConfigError, OSError) as error:
        print(f"boringmail-inbound: {error}", file=sys.stderr)  # noqa: T201 - before there is a log
        raise SystemExit(EXIT_CONFIG) from None
    if not arguments.check_config:
        log.configure(config.log_level)
        asyncio.run(serve(config, keys, sockets))


def read_keys(config: Config, of: Route | None = None) -> tuple[bytes, ...]:
    """The main webhook keys, or a route's. Raises ConfigError, which names the file and never the key."""
    key = f"key_file of route {of.name}" if of is not None and of.key_file else "webhook key"
    return key_file.read(configuration.webhook_key_path(config, of), key=key)


def read_all_keys(config: Config) -> dict[str, tuple[bytes, ...]]:
    """The webhook keys by endpoint. Raises ConfigError."""
    return {DEFAULT_NAME: read_keys(config)} | {of.name: read_keys(config, of) for of in config.routes}


def check_authorities(config: Config, source: Path) -> None:
    """Reads the authority files, to refuse them before there is mail. Raises ConfigError."""
    files = {"app_ca_file": config.app_ca_file}
    files |= {f"routes[{number}].ca_file": of.ca_file for number, of in enumerate(config.routes)}
    for key, file in files.items():
        if file:
            authority.context(file, key=f"{source}: {key}")


def open_sockets(config: Config, source: Path) -> dict[str, socket.socket]:
    """The sockets passed by systemd, or made from the configured paths. Raises ConfigError, OSError."""
    sockets = systemd.passed_sockets()
    for name, path in (("lmtp", config.lmtp_socket), ("recipients", config.recipients_socket)):
        if name in sockets or not path:
            continue
        sockets[name] = listener.bind(path)
    if "lmtp" not in sockets:
        raise ConfigError(f"{source}: lmtp_socket: no socket was passed by systemd and none is set")
    return sockets


def prepare_directories(config: Config, source: Path) -> None:
    """Makes the directories that are written later. Raises ConfigError, which names the key."""
    for key in ("state_directory", "dead_letter_directory"):
        try:
            Path(getattr(config, key)).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"{source}: {key}: {error.filename}: {error.strerror}") from error
    DeadLetterBox(Path(config.dead_letter_directory)).clear_leftovers()


async def serve(
    config: Config, keys: dict[str, tuple[bytes, ...]], sockets: dict[str, socket.socket]
) -> None:
    """Runs until SIGTERM or SIGINT, then finishes the messages under way."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    state = Path(config.state_directory)
    gone = GoneList(state / "gone.json", seconds=config.gone_seconds, limit=config.gone_limit)
    async with Endpoints(config, keys) as endpoints:
        several = endpoints.several
        delivery = Delivery(
            config=config,
            endpoints=endpoints,
            box=DeadLetterBox(Path(config.dead_letter_directory)),
            gone=gone,
            probes=probe_records(config),
            threads=Threads(),
            messages=Budget(config.in_flight_limit_bytes),
            attempts=Shares(config.attempts_limit, several=several),
            # A single endpoint's messages are limited as they come.
            attempted=Shares(config.in_flight_limit_bytes if several else sys.maxsize, several=several),
            bodies=Shares(config.in_flight_limit_bytes, several=several),
        )
        lmtp = LmtpServer(config, delivery, host_name=socket.gethostname())
        handlers = {"lmtp": lmtp.handle, "recipients": gone_server(gone).handle}
        servers = [await listener.listen(handlers[name], found) for name, found in sockets.items()]
        gc.freeze()  # what was imported never becomes garbage: collections need not look at it
        systemd.notify("READY=1")
        log.event("started")
        retention = Retention(
            Path(config.dead_letter_directory),
            mark=state / "retention.json",
            days=config.dead_letter_retention_days,
        )
        await _tick_until(stop, endpoints, gone, retention)
        systemd.notify("STOPPING=1")
        for server in servers:
            server.close()
        await lmtp.stop()
    _save(gone)
    log.event("stopped")


def probe_records(config: Config) -> ProbeRecords:
    """Where probe mail is recorded."""
    return ProbeRecords(
        Path(config.state_directory) / "probes", local_part=config.probe_local_part, limit=config.probe_limit
    )


async def _tick_until(
    stop: asyncio.Event, endpoints: Endpoints, gone: GoneList, retention: Retention
) -> None:
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _TICK_SECONDS)
        endpoints.tick(now=time.monotonic())
        _save(gone)
        if retention.due(now=time.time()):
            await asyncio.to_thread(retention.work, now=time.time())


def _save(gone: GoneList) -> None:
    try:
        gone.save(now=time.time())
    except OSError as error:
        log.event("gone_list_not_saved", level="warning", error=error.strerror)
