"""RunInstances answers a repeated client token with the instances that it made the first time.

An SDK repeats a call that failed with 500 or timed out, with the same token; moto would start a second host.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses.instances import InstanceResponse

from lab.api.patches.replacing import replace


def apply() -> None:
    """Correct moto."""
    run = InstanceResponse.run_instances

    def run_instances(self: Any) -> ActionResult:
        token = self._get_param("ClientToken")
        for reservation in self.ec2_backend.reservations.values():
            if token and any(instance.client_token == token for instance in reservation.instances):
                return ActionResult(reservation)
        return run(self)

    replace(InstanceResponse, "run_instances", run_instances)
