"""Private addresses that an instance can really have.

moto takes them at random from the whole subnet, network and broadcast address included, or hands out the
first three that AWS keeps for itself, and does not look whether one is taken.
"""

import ipaddress
from typing import Any

from moto.ec2.models import elastic_network_interfaces
from moto.ec2.models.subnets import Subnet
from moto.ec2.utils import random_private_ip as _moto_random_private_ip

from lab.api import backends
from lab.api.patches.replacing import replace
from lab.layout import APP

# "The first four IP addresses and the last IP address in each subnet" (VPC user guide, subnet sizing).
AWS_RESERVED = 4


def free_address(cidr: str) -> str:
    """Return the lowest address of a subnet that AWS would give and nobody has."""
    network = ipaddress.IPv4Network(cidr)
    enis = backends.ec2().enis.values()
    taken = {item["PrivateIpAddress"] for eni in enis for item in eni.private_ip_addresses} | {APP}
    for offset in range(AWS_RESERVED, network.num_addresses - 1):
        candidate = str(network.network_address + offset)
        if candidate not in taken:
            return candidate
    raise RuntimeError(f"no free address in {cidr}")


def _random_private_ip(cidr: str | None = None, ipv6: bool = False) -> str:
    if cidr is None or ipv6:
        return str(_moto_random_private_ip(cidr, ipv6))
    return free_address(cidr)


def apply() -> None:
    """Correct moto."""

    def get_available_subnet_ip(self: Any, instance: Any) -> str:
        address = free_address(self.cidr_block)
        self._subnet_ips[address] = instance
        return address

    replace(Subnet, "get_available_subnet_ip", get_available_subnet_ip)
    replace(elastic_network_interfaces, "random_private_ip", _random_private_ip)
