"""Which application takes a recipient: the `[[routes]]` of the configuration. Pure.

The first route that matches wins; what none matches goes to the main URL. A route with `tenants` and
`recipients` takes what matches both. Patterns match whole, without regard to case; `*` is any characters,
also none, `?` is one. A recipient pattern's two sides match on their own sides of the last `@`, and its left
side matches a local part with or without the extension (from the first `+`): `billing@*` takes
`billing+123@acme.desk.example.com` too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from boringmail.inbound import settings_file
from boringmail.inbound.envelope import tenant
from boringmail.inbound.settings_file import ConfigError

# The name in log lines of the main URL's endpoint, where there are routes.
DEFAULT_NAME = "default"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TENANT_PATTERN = re.compile(r"[a-z0-9_*?-]+", re.IGNORECASE)
_RECIPIENT_PATTERN = re.compile(r"[^\s\x00-\x1f\x7f@]+@[a-z0-9_.*?-]+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Route:
    """One table of `[[routes]]`."""

    # Short, in log lines and in the name of the route's systemd credential.
    name: str
    # Where its mail is posted.
    url: str
    tenants: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    # Authority that signed the certificate; empty = the system's authorities, whatever the main URL has.
    ca_file: str = ""
    # The route's own webhook key; empty = the main one. A systemd credential `webhook-key-<name>` goes first.
    key_file: str = ""

    def matches(self, recipient: str, mail_domain: str) -> bool:
        """Whether it takes this recipient."""
        label = tenant(recipient, mail_domain)
        if self.tenants and not (label and any(_glob(p).fullmatch(label) for p in self.tenants)):
            return False
        return not self.recipients or any(_recipient_matches(p, recipient) for p in self.recipients)


def find(routes: Sequence[Route], recipient: str, *, mail_domain: str) -> Route | None:
    """The first route that matches; None: the main URL."""
    return next((route for route in routes if route.matches(recipient, mail_domain)), None)


def parse(tables: object, *, source: str, url_optional: bool = False) -> tuple[Route, ...]:
    """The routes of one file. Raises ConfigError, which names `routes[0].url` and the like."""
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(f"{source}: routes: must be an array of tables")
    routes: list[Route] = []
    for number, table in enumerate(tables):
        key = f"{source}: routes[{number}]."
        routes.append(settings_file.build(Route, table, source=key))
        settings_file.refuse(_problems(routes[-1], url_optional=url_optional), source=key)
        if routes[-1].name in {DEFAULT_NAME, *(route.name for route in routes[:-1])}:
            raise ConfigError(f"{key}name: is taken")
    return tuple(routes)


def url_problem(url: str) -> str | None:
    """What is wrong with a URL that mail is posted to."""
    try:
        parts = urlsplit(url)
        usable = (
            parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        usable = False
    return None if usable and url.isascii() and url.isprintable() else "must be an http:// or https:// URL"


def _problems(route: Route, *, url_optional: bool) -> list[tuple[str, str]]:
    problems = []
    if not _NAME.fullmatch(route.name):
        problems.append(("name", "must be of a-z, 0-9 and -"))
    if (route.url or not url_optional) and (problem := url_problem(route.url)):
        problems.append(("url", problem))
    if not route.tenants and not route.recipients:
        problems.append(("tenants", "give tenants or recipients: the rest goes to the main URL"))
    problems.extend(
        ("tenants", f"{pattern!r} is no pattern of tenant labels")
        for pattern in route.tenants
        if not _TENANT_PATTERN.fullmatch(pattern)
    )
    problems.extend(
        ("recipients", f"{pattern!r} is no pattern of addresses, such as billing@*")
        for pattern in route.recipients
        if not _RECIPIENT_PATTERN.fullmatch(pattern)
    )
    return problems


def _recipient_matches(pattern: str, recipient: str) -> bool:
    wanted_local, _, wanted_domain = pattern.rpartition("@")
    local, _, domain = recipient.rpartition("@")
    return bool(_glob(wanted_domain).fullmatch(domain.rstrip("."))) and any(
        _glob(wanted_local).fullmatch(form) for form in (local, local.partition("+")[0])
    )


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    # Runs of stars are one: each more would multiply the time that a hostile address can take.
    stars = re.sub(r"\*+", "*", pattern)
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in stars)
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)
