"""The daemon's configuration: one frozen dataclass, read once from TOML."""

import dataclasses
from pathlib import Path
from typing import Any

from boringmail.inbound import key_file, route, settings_file
from boringmail.inbound.route import Route
from boringmail.inbound.settings_file import ConfigError

__all__ = ["Config", "ConfigError", "from_values", "load", "webhook_key_path"]

DEFAULT_PATH = Path("/etc/boringmail/inbound.toml")
CREDENTIAL_NAME = "webhook-key"


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
    # Letters that nobody has decided about are removed after this time, with a warning before. 0 = never.
    dead_letter_retention_days: int = 30
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

    # Applications of their own for some tenants or recipients; the first that matches takes the mail.
    routes: tuple[Route, ...] = ()


def load(path: Path) -> Config:
    """Reads the configuration. Raises ConfigError."""
    return from_values(settings_file.read(path), source=str(path))


def from_values(values: dict[str, Any], *, source: str) -> Config:
    """Checks the values of one file, named by `source`. Raises ConfigError."""
    tables = route.parse(values.get("routes", []), source=source)
    config = settings_file.build(Config, values | {"routes": tables}, source=f"{source}: ")
    settings_file.refuse(_problems(config), source=f"{source}: ")
    return config


def _problems(config: Config) -> list[tuple[str, str]]:
    problems = list(settings_file.numbers_not_above_zero(config, may_be_zero={"dead_letter_retention_days"}))
    if problem := route.url_problem(config.app_url):
        problems.append(("app_url", problem))
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


def webhook_key_path(config: Config, of: Route | None = None) -> Path:
    """The file that holds the key: the systemd credential if there is one, else the configured file.

    With `of`, a route: its own key's file, or that of the main key if it has none.
    """
    if of is not None and of.key_file:
        return key_file.located(f"{CREDENTIAL_NAME}-{of.name}", of.key_file)
    return key_file.located(CREDENTIAL_NAME, config.webhook_key_file)
