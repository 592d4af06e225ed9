"""The owner's values: what is missing, still a placeholder, badly written, or cannot work together.

Pure but for the look at the SSH key's file. Each problem is one sentence that names the variable and the fix.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Settings = Mapping[str, Any]

MAY_BE_EMPTY = frozenset({"existing_vpc_id", "verify_echo_address", "verify_answering_address"})
PLACEHOLDER = re.compile(r"CHANGE_?ME|FIXME|TODO|<[^>]*>", re.IGNORECASE)
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
NAME_MAX = 253  # RFC 1035 2.3.4, less the length bytes
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
VPC_ID = re.compile(r"vpc-([0-9a-f]{8}|[0-9a-f]{17})")
PUBLIC_KEY = re.compile(r"(ssh-(ed25519|rsa)|ecdsa-sha2-\S+) [A-Za-z0-9+/]+=*\s")
SUBMIT = "submit"


def value_problems(settings: Settings) -> list[str]:
    """Every problem of the values, in the order of the values."""
    problems = []
    for name, value in settings.items():
        if (problem := unfilled(name, value)) or (problem := CHECKS.get(name, _no_check)(value, settings)):
            problems.append(problem)
    return problems


def unfilled(name: str, value: Any) -> str | None:
    """Says that a value is missing or still a placeholder."""
    if value in ("", None, []):
        if name in MAY_BE_EMPTY:
            return None
        return f"{name} is missing. Fix: set it in group_vars/all/main.yml."
    if PLACEHOLDER.search(str(value)):
        return f"{name} still holds a placeholder ({value}). Fix: put your value in its place."
    return None


def is_domain(value: Any) -> bool:
    """Two or more labels of a host name (RFC 1123 2.1), in lower case."""
    labels = str(value).split(".")
    return len(labels) > 1 and all(map(LABEL.fullmatch, labels)) and len(str(value)) <= NAME_MAX


def network_of(value: Any) -> ipaddress.IPv4Network | None:
    """An IPv4 network written with its prefix length, or None."""
    try:
        return ipaddress.IPv4Network(str(value)) if "/" in str(value) else None
    except ValueError:
        return None


def _no_check(_value: Any, _settings: Settings) -> None:
    return None


def _domain(value: Any, settings: Settings) -> str | None:
    if not is_domain(value):
        return f"mail_domain {value!r} is not a domain name in lower case without a final dot."
    zone = settings.get("mail_dns_zone")
    if is_domain(zone) and not f".{value}".endswith(f".{zone}"):
        return f"mail_domain {value} does not lie in mail_dns_zone {zone}. Fix: name the zone that holds it."
    return None


def _zone(value: Any, _settings: Settings) -> str | None:
    if is_domain(value):
        return None
    return f"mail_dns_zone {value!r} is not a domain name in lower case without a final dot."


def _hosts(value: Any, _settings: Settings) -> str | None:
    if not isinstance(value, list) or not all(LABEL.fullmatch(str(host)) for host in value):
        return f"mail_hosts {value!r} is not a list of single labels. Fix: write it as [mx1]."
    if len(set(value)) < len(value) or SUBMIT in value:
        return f"mail_hosts {value!r} names a host twice, or {SUBMIT}, which is a record of its own."
    return None


def _networks(name: str, value: Any) -> str | None:
    if not isinstance(value, list):
        return f"{name} is not a list. Fix: write it as [10.20.2.0/24]."
    for item in value:
        network = network_of(item)
        if network is None:
            return (
                f"{name}: {item} is not an IPv4 network as 198.51.100.0/24: bits after the prefix are zero, "
                f"and one address is a /32."
            )
        if network.prefixlen == 0:
            return f"{name}: {item} opens the port to the whole Internet. Fix: name your own networks."
    return None


def _admin_cidrs(value: Any, _settings: Settings) -> str | None:
    return _networks("admin_cidrs", value)


def _app_cidrs(value: Any, _settings: Settings) -> str | None:
    if problem := _networks("app_cidrs", value):
        return problem
    public = [item for item in value if ipaddress.IPv4Network(item).is_global]
    if public:
        return (
            f"app_cidrs: {public[0]} is a public network, but {SUBMIT}.<mail_domain> has a private address. "
            f"Fix: name the app servers' networks in the VPC or peered with it."
        )
    return None


def _url(value: Any, _settings: Settings) -> str | None:
    parts = urlsplit(str(value))
    if parts.scheme in {"http", "https"} and parts.hostname and not parts.username:
        return None
    return f"app_inbound_url {value!r} is not a URL as https://app.example.com/mail, without credentials."


def _key_file(value: Any, _settings: Settings) -> str | None:
    path = Path(str(value)).expanduser()
    if not path.is_file():
        return (
            f"ssh_public_key_file {value} does not exist. Fix: name yours, or make one: ssh-keygen -t ed25519"
        )
    if not PUBLIC_KEY.match(path.read_text(errors="replace") + "\n"):
        return f"ssh_public_key_file {value} is no public SSH key. Fix: name the file that ends in .pub."
    return None


def _region(value: Any, _settings: Settings) -> str | None:
    return None if REGION.fullmatch(str(value)) else f"aws_region {value!r} is no region as eu-central-1."


def _vpc(value: Any, _settings: Settings) -> str | None:
    if not value or VPC_ID.fullmatch(str(value)):
        return None
    return (
        f"existing_vpc_id {value!r} is no VPC id as vpc-0123456789abcdef0. Fix: correct it or leave it empty."
    )


def _echo(value: Any, settings: Settings) -> str | None:
    return _elsewhere("verify_echo_address", value, settings)


def _answering(value: Any, settings: Settings) -> str | None:
    return _elsewhere("verify_answering_address", value, settings)


def _elsewhere(name: str, value: Any, settings: Settings) -> str | None:
    if not value:
        return None
    local, _, domain = str(value).rpartition("@")
    if not (local and is_domain(domain)):
        return f"{name} {value!r} is no address as me@example.net. Fix: correct or empty it."
    if f".{domain}".endswith(f".{settings.get('mail_domain')}"):
        return (
            f"{name} {value} is a mailbox of this gateway: it shows nothing of mail out. "
            f"Fix: name one elsewhere, or empty it."
        )
    return None


CHECKS: Mapping[str, Callable[[Any, Settings], str | None]] = {
    "mail_domain": _domain,
    "mail_dns_zone": _zone,
    "mail_hosts": _hosts,
    "aws_region": _region,
    "admin_cidrs": _admin_cidrs,
    "app_cidrs": _app_cidrs,
    "app_inbound_url": _url,
    "ssh_public_key_file": _key_file,
    "existing_vpc_id": _vpc,
    "verify_echo_address": _echo,
    "verify_answering_address": _answering,
}
