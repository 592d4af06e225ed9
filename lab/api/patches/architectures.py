"""RunInstances refuses an image for another architecture than the instance type's; moto starts it."""

from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.responses.instances import InstanceResponse

from lab.api.patches.ec2_errors import Ec2Error
from lab.api.patches.replacing import replace


def _check(image: str, instance_type: str, ec2: Any) -> None:
    found = ec2.amis.get(image)
    facts = INSTANCE_TYPES.get(instance_type)
    if found is None or facts is None:
        return
    supported = facts["ProcessorInfo"]["SupportedArchitectures"]
    if found.architecture not in supported:
        ours = f"The architecture '{','.join(supported)}' of the specified instance type"
        theirs = f"the architecture '{found.architecture}' of the specified AMI"
        raise Ec2Error("InvalidParameterValue", f"{ours} does not match {theirs}.")


def apply() -> None:
    """Correct moto."""
    run: Any = InstanceResponse.run_instances

    def run_instances(self: Any) -> Any:
        _check(self._get_param("ImageId"), self._get_param("InstanceType"), self.ec2_backend)
        return run(self)

    replace(InstanceResponse, "run_instances", run_instances)
