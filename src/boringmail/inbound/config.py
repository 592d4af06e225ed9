"""The daemon's configuration: one frozen dataclass, read once from TOML.

An unknown key, a wrong type or an impossible value is an error that names the file and the key: a daemon that
starts with a misspelt setting would run for months with the default.
"""

import dataclasses
import os
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DEFAULT_PATH = Path("/etc/boringmail/inbound.toml")
CREDENTIAL_NAME = "webhook-key"


class ConfigError(Exception):
    """The configuration cannot be used; the message names the file and the key."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Every key of `/etc/boringmail/inbound.toml`. Only the first two have no default."""

    # The domain in front of whose name the tenant label stands: ticket@acme.desk.example.com -> acme.
    mail_domain: str
    # Where each mail is posted. Never taken from mail; redirects are not followed.
    app_url: str
    # PEM file of the authority that signed the application's certificate; empty = the system's authorities.
    app_ca_file: str = ""
    # File with the webhook key (`whsec_...`; several lines = signed with each, for rotation). A systemd
    # credential named `webhook-key` goes first.
    webhook_key_file: str = "/etc/boringmail/credentials/inbound-webhook-key"

    # Sockets for running by hand; under systemd they come by FileDescriptorName= lmtp and recipients.
    lmtp_socket: str = ""
    recipients_socket: str = ""

    # On the queue volume, so that a full system disk cannot lose what Postfix has handed over.
    dead_letter_directory: str = "/var/spool/boringmail/dead-letter"
    state_directory: str = "/var/lib/boringmail-inbound"
    # Written when mail is to be tried again; a path unit sees it. When a pause ends: one mail's queue id.
    # When the application is back, at most once in the interval: nothing, which means all. Empty = never.
    flush_file: str = "/run/boringmail-inbound/flush"
    flush_interval_seconds: int = 60

    # One attempt to hand a mail to the application ends within this time.
    timeout_seconds: int = 30
    # Older mail that the application still does not take goes to the dead-letter box (4 days).
    max_age_seconds: int = 345_600
    # How long a recipient that was answered 410 is refused at RCPT.
    gone_seconds: int = 3600
    gone_limit: int = 10_000
    # While the application fails: the first pause between calls, doubled up to the limit.
    pause_first_seconds: int = 1
    pause_limit_seconds: int = 60
    # The longest Retry-After that is believed.
    retry_after_limit_seconds: int = 3600
    # An outage is reported (event=app_unavailable) after this time, and again each repeat interval.
    alert_after_seconds: int = 300
    alert_repeat_seconds: int = 3600

    # `clamav` when that has scanned each mail before we get it, and its fields in the header count. Empty: no
    # scanner, and such fields are the sender's.
    virus_scanner: str = ""

    # Must be above Postfix's message_size_limit: what Postfix took must fit.
    message_size_limit_bytes: int = 36_700_160
    # Attempts at one time; bytes of messages held at one time, and of the bodies made of them. Beyond, DATA
    # is answered 4xx.
    attempts_limit: int = 50
    in_flight_limit_bytes: int = 67_108_864
    # Idle time after which an LMTP connection is closed. Above Postfix's connection cache time.
    lmtp_idle_seconds: int = 300

    # Mail to <probe_local_part>+<token>@ is recorded and never posted.
    probe_local_part: str = "boringmail-probe"
    probe_limit: int = 1000

    # debug, info, warning. Addresses appear at debug only.
    log_level: str = "info"


def load(path: Path) -> Config:
    """Reads the configuration. Raises ConfigError."""
    try:
        with path.open("rb") as file:
            values = tomllib.load(file)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    return from_values(values, source=str(path))


def from_values(values: dict[str, Any], *, source: str) -> Config:
    """Checks the values of one file, named by `source`. Raises ConfigError."""
    fields = {field.name: field for field in dataclasses.fields(Config)}
    for key, value in values.items():
        if key not in fields:
            raise ConfigError(f"{source}: {key}: unknown key")
        wanted = fields[key].type
        if type(value) is not wanted:
            raise ConfigError(f"{source}: {key}: must be {_type_name(wanted)}")
    missing = [
        name for name, field in fields.items() if field.default is dataclasses.MISSING and name not in values
    ]
    if missing:
        raise ConfigError(f"{source}: {missing[0]}: missing")
    config = Config(**values)
    for key, problem in _problems(config):
        raise ConfigError(f"{source}: {key}: {problem}")
    return config


def _type_name(wanted: object) -> str:
    return "a whole number" if wanted is int else "a string"


def _problems(config: Config) -> list[tuple[str, str]]:
    problems = []
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if isinstance(value, int) and value <= 0:
            problems.append((field.name, "must be above 0"))
    url = urlsplit(config.app_url)
    if url.scheme not in {"http", "https"} or not url.hostname:
        problems.append(("app_url", "must be an http:// or https:// URL"))
    if "@" in config.mail_domain or "." not in config.mail_domain.strip("."):
        problems.append(("mail_domain", "must be a domain name"))
    if config.pause_limit_seconds < config.pause_first_seconds:
        problems.append(("pause_limit_seconds", "must not be below pause_first_seconds"))
    if config.virus_scanner not in {"", "clamav"}:
        problems.append(("virus_scanner", "must be clamav or empty"))
    if config.log_level not in {"debug", "info", "warning"}:
        problems.append(("log_level", "must be debug, info or warning"))
    problems.extend(
        (key, "must not be empty")
        for key in ("dead_letter_directory", "state_directory", "probe_local_part")
        if not getattr(config, key)
    )
    return problems


def webhook_key_path(config: Config) -> Path:
    """The file that holds the key: the systemd credential if there is one, else the configured file."""
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    if directory and (credential := Path(directory) / CREDENTIAL_NAME).is_file():
        return credential
    return Path(config.webhook_key_file)
