"""CPU credit mode of an instance: moto forgets what RunInstances asked for and cannot change it."""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses.instances import InstanceResponse

from lab.api.patches.replacing import replace


def _mode(instance: Any) -> str:
    default = "standard" if instance.instance_type.startswith("t2.") else "unlimited"
    return str(getattr(instance, "lab_credit_mode", default))


def _describe(self: Any) -> ActionResult:
    instances = self.ec2_backend.describe_instance_credit_specifications(self._get_param("InstanceIds", []))
    listed = [{"InstanceId": instance.id, "CpuCredits": _mode(instance)} for instance in instances]
    return ActionResult({"InstanceCreditSpecifications": listed})


def _modify(self: Any) -> ActionResult:
    wanted = self._get_param("InstanceCreditSpecifications", [])
    for entry in wanted:
        self.ec2_backend.get_instance(entry["InstanceId"]).lab_credit_mode = entry["CpuCredits"]
    done = [{"InstanceId": entry["InstanceId"]} for entry in wanted]
    return ActionResult({"SuccessfulInstanceCreditSpecifications": done})


def apply() -> None:
    """Correct moto."""
    run: Any = InstanceResponse.run_instances

    def run_instances(self: Any) -> Any:
        result = run(self)
        mode = self._get_param("CreditSpecification.CpuCredits")
        if mode:
            for instance in result.result.instances:
                instance.lab_credit_mode = mode
        return result

    replace(InstanceResponse, "run_instances", run_instances)
    replace(InstanceResponse, "describe_instance_credit_specifications", _describe)
    replace(InstanceResponse, "modify_instance_credit_specification", _modify)
