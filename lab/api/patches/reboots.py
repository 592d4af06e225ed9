"""RebootInstances counts: moto's instances have nothing that could reboot, the lab's have.

The data plane restarts a container whose count has grown. No error of moto, so no test waits for its end.
"""

from typing import Any

from moto.ec2.models.instances import Instance

from lab.api.patches.replacing import replace


def reboots_of(instance: Any) -> int:
    """Return how often an instance was told to reboot."""
    return int(getattr(instance, "lab_reboots", 0))


def apply() -> None:
    """Correct moto."""
    reboot: Any = Instance.reboot

    def _reboot(self: Any) -> None:
        reboot(self)
        self.lab_reboots = reboots_of(self) + 1

    replace(Instance, "reboot", _reboot)
