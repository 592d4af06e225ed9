"""A volume's description is complete: AWS names every attribute, moto leaves out those not asked for.

The modules rely on it: `ec2_vol_info` reads the snapshot id and whether a volume goes with its instance, a
second run of `ec2_vol` multi-attach. And DetachVolume need not name the instance: moto answers 500.
"""

from typing import Any, Final

from moto.ec2.models.elastic_block_store import EBSBackend, Volume, VolumeAttachment

from lab.api.patches.replacing import replace

# What gp3 gives at no charge (EBS user guide, "General Purpose SSD volumes").
GP3_IOPS: Final = 3000
GP3_THROUGHPUT_MIB_PER_SECOND: Final = 125


def _delete_on_termination(self: Any) -> bool:
    block = self.instance.block_device_mapping.get(self.device)
    return bool(block and block.delete_on_termination)


def apply() -> None:
    """Correct moto."""
    initialise: Any = Volume.__init__
    detach: Any = EBSBackend.detach_volume

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 (it takes that place)
        initialise(self, *args, **kwargs)
        self.snapshot_id = self.snapshot_id or ""
        self.multi_attach_enabled = bool(self.multi_attach_enabled)
        if self.volume_type == "gp3":
            self.iops = self.iops or GP3_IOPS
            self.throughput = self.throughput or GP3_THROUGHPUT_MIB_PER_SECOND

    def detach_volume(self: Any, volume_id: str, instance_id: str | None, device_path: str | None) -> Any:
        attachment = self.get_volume(volume_id).attachment
        if attachment and not instance_id:
            instance_id = attachment.instance.id
        return detach(self, volume_id, instance_id, device_path)

    replace(Volume, "__init__", __init__)
    replace(EBSBackend, "detach_volume", detach_volume)
    replace(VolumeAttachment, "delete_on_termination", property(_delete_on_termination))
