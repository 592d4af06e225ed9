"""Two questions about IPv4 networks that provisioning asks before AWS would."""

import ipaddress
from collections.abc import Callable


def network_within(inner: str, outer: str) -> bool:
    """Whether one network lies in another; false for what is no network."""
    try:
        return ipaddress.IPv4Network(inner).subnet_of(ipaddress.IPv4Network(outer))
    except ValueError:
        return False


def network_overlaps(one: str, other: str) -> bool:
    """Whether two networks share an address; false for what is no network."""
    try:
        return ipaddress.IPv4Network(one).overlaps(ipaddress.IPv4Network(other))
    except ValueError:
        return False


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., object]]:
        """Filter names and functions."""
        return {"network_within": network_within, "network_overlaps": network_overlaps}
