"""Reverse DNS of Elastic IPs.

moto has no ModifyAddressAttribute. As on AWS the change of a PTR is asynchronous, is refused unless the name
already resolves to the address, and locks the address against release ("Use reverse DNS for email
applications", EC2 user guide).
"""

import time
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.ec2.models import elastic_ip_addresses as model
from moto.ec2.responses.elastic_ip_addresses import ElasticIPAddresses

from lab.api import backends
from lab.api.patches.ec2_errors import Ec2Error
from lab.api.patches.replacing import replace

# How long a PTR change stays PENDING; on AWS minutes to hours, here long enough to be seen.
PTR_DELAY_SECONDS: Final = 2.0


@dataclass
class Ptr:
    """A PTR name (absolute) and the monotonic time from which it is published."""

    name: str | None
    published_at: float
    previous: str | None


_ptrs: dict[str, Ptr] = {}


def published_ptr(address: Any) -> str | None:
    """Return the PTR that the reverse zone shows now for an address of moto's; None for the default name."""
    ptr = _ptrs.get(address.allocation_id or "")
    if ptr is None:
        return None
    return ptr.name if time.monotonic() >= ptr.published_at else ptr.previous


def forget_all() -> None:
    """Drop every PTR, as a fresh account has none."""
    _ptrs.clear()


def _view(address: Any) -> dict[str, Any]:
    ptr = _ptrs.get(address.allocation_id)
    view: dict[str, Any] = {"PublicIp": address.public_ip, "AllocationId": address.allocation_id}
    if ptr is not None:
        view["PtrRecord"] = published_ptr(address)
        if time.monotonic() < ptr.published_at:
            view["PtrRecordUpdate"] = {"Value": ptr.name, "Status": "PENDING"}
    return {key: value for key, value in view.items() if value is not None}


def _resolves_to(name: str, address: IPv4Address) -> bool:
    for zone in backends.route53().zones.values():
        for record in zone.rrsets:
            if record.type == "A" and _absolute(record.name) == name and str(address) in record.records:
                return True
    return False


def _absolute(name: str) -> str:
    return name.lower().rstrip(".") + "."


def _modify_address_attribute(self: Any) -> ActionResult:
    [address] = self.ec2_backend.address_by_allocation([self._get_param("AllocationId")])
    name = _absolute(self._get_param("DomainName") or "")
    if not _resolves_to(name, IPv4Address(address.public_ip)):
        message = (
            f"The domain name {name} does not resolve to {address.public_ip}: create the A record first."
        )
        raise Ec2Error("InvalidParameterValue", message)
    return _change(address, name)


def _reset_address_attribute(self: Any) -> ActionResult:
    [address] = self.ec2_backend.address_by_allocation([self._get_param("AllocationId")])
    return _change(address, None)


def _change(address: Any, name: str | None) -> ActionResult:
    previous = published_ptr(address)
    _ptrs[address.allocation_id] = Ptr(name, time.monotonic() + PTR_DELAY_SECONDS, previous)
    return ActionResult({"Address": _view(address)})


def _describe_addresses_attribute(self: Any) -> ActionResult:
    """List addresses that have a PTR or a change under way; AWS leaves the others out."""
    addresses = self.ec2_backend.describe_addresses_attribute(self._get_param("AllocationIds", []))
    views = [_view(address) for address in addresses if address.allocation_id in _ptrs]
    return ActionResult(
        {"Addresses": [view for view in views if "PtrRecord" in view or "PtrRecordUpdate" in view]}
    )


def apply() -> None:
    """Correct moto."""
    release = model.ElasticAddressBackend.release_address

    def release_address(self: Any, address: str | None = None, allocation_id: str | None = None) -> None:
        found = (
            self.address_by_allocation([allocation_id]) if allocation_id else self.address_by_ip([address])
        )
        if published_ptr(found[0]) is not None:
            locked = f"The address with allocation id {found[0].allocation_id} cannot be released"
            raise Ec2Error("InvalidAddress.Locked", f"{locked} while it has a reverse DNS record.")
        _ptrs.pop(found[0].allocation_id, None)
        release(self, address=address, allocation_id=allocation_id)

    replace(model.ElasticAddressBackend, "release_address", release_address)
    replace(ElasticIPAddresses, "modify_address_attribute", _modify_address_attribute)
    replace(ElasticIPAddresses, "reset_address_attribute", _reset_address_attribute)
    replace(ElasticIPAddresses, "describe_addresses_attribute", _describe_addresses_attribute)
