"""The daemon's configuration: one frozen dataclass, read once from TOML."""

import dataclasses
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from boringmail.inbound import route, settings_file
from boringmail.inbound.route import Route

DEFAULT_PATH = Path("/etc/boringmail/policy.toml")
CREDENTIAL_NAME = "webhook-key"
# Postfix gives up after `timeout` of its check_policy_service; we must have answered by then.
_TIMEOUT_LIMIT_SECONDS = 8


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Every key of `/etc/boringmail/policy.toml`. Only the first two have no default."""

    # As in inbound.toml: the domain in front of whose name the tenant label stands.
    mail_domain: str
    # Where the application is asked whether a recipient exists. Redirects are not followed.
    recipients_url: str
    # PEM file of the authority that signed the application's certificate; empty = the system's authorities.
    recipients_ca_file: str = ""
    # File with the webhook key, as in inbound.toml. A systemd credential named `webhook-key` goes first.
    webhook_key_file: str = "/etc/boringmail/credentials/inbound-webhook-key"
    # The tables of inbound.toml, but with the `url` where the route's application is asked; empty: it is not,
    # and its recipients are all taken.
    routes: tuple[Route, ...] = ()

    # Socket for running by hand; under systemd it comes by FileDescriptorName=policy.
    policy_socket: str = ""

    # One request of Postfix's is answered within this time. Below the `timeout` of its check_policy_service.
    timeout_seconds: int = 5
    # Questions to one application at one time.
    questions_limit: int = 20
    # How long an answer holds: a mailbox that exists, and one that does not.
    exists_seconds: int = 300
    gone_seconds: int = 60
    # While the application cannot be asked, a mailbox that it has known within this further time is taken.
    stale_seconds: int = 3600
    # Answers remembered, of each kind.
    cache_limit: int = 20_000
    # While the application fails: the first pause between questions, doubled up to the limit.
    pause_first_seconds: int = 1
    pause_limit_seconds: int = 30
    # The longest Retry-After that is believed.
    retry_after_limit_seconds: int = 300
    # An outage is reported (event=recipients_unavailable) after this time, and again each repeat interval.
    alert_after_seconds: int = 300
    alert_repeat_seconds: int = 3600

    # As in inbound.toml: probe mail is always taken.
    probe_local_part: str = "boringmail-probe"

    # debug, info, warning. Addresses appear at debug only.
    log_level: str = "info"


def load(path: Path) -> Config:
    """Reads the configuration. Raises ConfigError."""
    return from_values(settings_file.read(path), source=str(path))


def from_values(values: dict[str, Any], *, source: str) -> Config:
    """Checks the values of one file, named by `source`. Raises ConfigError."""
    tables = route.parse(values.get("routes", []), source=source, url_optional=True)
    config = settings_file.build(Config, values | {"routes": tables}, source=f"{source}: ")
    settings_file.refuse(_problems(config), source=f"{source}: ")
    return config


def _problems(config: Config) -> list[tuple[str, str]]:
    problems = list(settings_file.numbers_not_above_zero(config))
    urls = {"recipients_url": config.recipients_url}
    urls |= {f"routes[{number}].url": of.url for number, of in enumerate(config.routes) if of.url}
    for key, url in urls.items():
        if problem := route.url_problem(url):
            problems.append((key, problem))
        elif "@" in urlsplit(url).netloc:
            problems.append((key, "must hold no user name: questions are signed"))
    if "@" in config.mail_domain or "." not in config.mail_domain.strip("."):
        problems.append(("mail_domain", "must be a domain name"))
    if config.timeout_seconds > _TIMEOUT_LIMIT_SECONDS:
        problems.append(("timeout_seconds", f"must be {_TIMEOUT_LIMIT_SECONDS} at most"))
    if config.pause_limit_seconds < config.pause_first_seconds:
        problems.append(("pause_limit_seconds", "must not be below pause_first_seconds"))
    if config.log_level not in {"debug", "info", "warning"}:
        problems.append(("log_level", "must be debug, info or warning"))
    if not config.probe_local_part:
        problems.append(("probe_local_part", "must not be empty"))
    return problems
