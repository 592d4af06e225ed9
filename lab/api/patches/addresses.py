"""Elastic IPs from the lab's Internet.

moto hands out addresses of 127.0.0.0/8, calls their tags' resource type something else than AWS does (so that
`ec2_eip` finds none and sets them in every run), and leaves an address with an instance that is gone.
"""

from typing import Any

from moto.ec2.models import elastic_ip_addresses as model
from moto.ec2.models.instances import Instance
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE

from lab.api import backends
from lab.api.patches.ec2_errors import Ec2Error
from lab.api.patches.replacing import replace
from lab.layout import ELASTIC_IPS


def _next_free() -> str:
    taken = {address.public_ip for address in backends.ec2().addresses}
    for candidate in ELASTIC_IPS:
        if candidate not in taken:
            return candidate
    raise Ec2Error("AddressLimitExceeded", "The maximum number of addresses has been reached.")


def apply() -> None:
    """Correct moto."""
    terminate: Any = Instance.terminate

    def terminate_and_let_go(self: Any) -> Any:
        for address in list(self.ec2_backend.addresses):
            if address.instance is self:
                self.ec2_backend.disassociate_address(address=address.public_ip)
        return terminate(self)

    EC2_PREFIX_TO_RESOURCE["eipalloc"] = "elastic-ip"
    replace(model, "random_ip", _next_free)
    replace(Instance, "terminate", terminate_and_let_go)
