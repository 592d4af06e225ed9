"""The daemon's configuration: one frozen dataclass, read once from TOML."""

import dataclasses
import os
import ssl
from pathlib import Path
from typing import Any

from boringmail.inbound import key_file, settings_file
from boringmail.inbound.settings_file import ConfigError
from boringmail.learning import controller
from boringmail.learning.request import AGE_SECONDS

DEFAULT_PATH = Path("/etc/boringmail/learn.toml")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Every key of `/etc/boringmail/learn.toml`; each has a default."""

    # Files with the webhook keys that may teach. The systemd credentials `webhook-key-0`, `webhook-key-1` ...
    # go first.
    webhook_key_files: tuple[str, ...] = ("/etc/boringmail/credentials/inbound-webhook-key",)
    # Certificate chain and key, PEM. The systemd credentials `certificate` and `certificate-key` go first.
    certificate_file: str = "/etc/ssl/boringmail/fullchain.pem"
    certificate_key_file: str = "/etc/ssl/boringmail/privkey.pem"
    controller_socket: str = str(controller.SOCKET)

    # IPv4 address and port for running by hand; under systemd the socket comes by FileDescriptorName=learn.
    listen: str = ""

    # The largest mail. Twice as much may be in memory at one time.
    message_size_limit_bytes: int = 26_214_400 + 65_536
    # A request waits this long for room; it is told to come again after the other time.
    wait_seconds: int = 10
    retry_after_seconds: int = 10
    # TLS and the head of a request come within this time, and the body within the other.
    head_seconds: int = 10
    read_seconds: int = 30
    # Without a connection for this long the daemon ends, and systemd starts it again for the next one.
    idle_seconds: int = 600

    # debug, info, warning.
    log_level: str = "info"


def load(path: Path) -> Config:
    """Reads the configuration. Raises ConfigError."""
    return from_values(settings_file.read(path), source=str(path))


def from_values(values: dict[str, Any], *, source: str) -> Config:
    """Checks the values of one file, named by `source`. Raises ConfigError."""
    config = settings_file.build(Config, values, source=f"{source}: ")
    settings_file.refuse(_problems(config), source=f"{source}: ")
    return config


def _problems(config: Config) -> list[tuple[str, str]]:
    problems = list(settings_file.numbers_not_above_zero(config))
    if not config.webhook_key_files:
        problems.append(("webhook_key_files", "must name a file: nobody could teach"))
    if config.idle_seconds < AGE_SECONDS:
        problems.append(("idle_seconds", f"must be {AGE_SECONDS} or above: no request takes as long"))
    if config.log_level not in {"debug", "info", "warning"}:
        problems.append(("log_level", "must be debug, info or warning"))
    host, _, port = config.listen.rpartition(":")
    if config.listen and not (host and port.isascii() and port.isdigit()):
        problems.append(("listen", "must be as 127.0.0.1:8443"))
    return problems


def webhook_keys(config: Config) -> tuple[bytes, ...]:
    """The keys of whoever may teach. Raises ConfigError, which names the file and never the key."""
    found: dict[bytes, None] = {}
    for number, file in enumerate(config.webhook_key_files):
        path = key_file.located(f"webhook-key-{number}", file)
        found |= dict.fromkeys(key_file.read(path, key=f"webhook_key_files[{number}]"))
    return tuple(found)


def tls(config: Config) -> ssl.SSLContext:
    """The context with the host's certificate. Raises ConfigError."""
    chain = key_file.located("certificate", config.certificate_file)
    key = key_file.located("certificate-key", config.certificate_key_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for path in (chain, key):
        if not os.access(path, os.R_OK):
            raise ConfigError(f"{path}: cannot be read")
    try:
        context.load_cert_chain(chain, key)
    except (ssl.SSLError, OSError) as error:
        raise ConfigError(f"{chain}, {key}: no certificate with its key: {error}") from error
    return context
