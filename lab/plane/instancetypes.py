"""Memory and virtual CPUs of the instance types that somebody would run a mail host on (EC2's own table)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """What a type gives: memory in MiB, virtual CPUs."""

    memory_mib: int
    cpus: int


_BURSTABLE = {
    "nano": Size(512, 2),
    "micro": Size(1024, 2),
    "small": Size(2048, 2),
    "medium": Size(4096, 2),
    "large": Size(8192, 2),
}
_GENERAL = {"medium": Size(4096, 1), "large": Size(8192, 2), "xlarge": Size(16384, 4)}
_COMPUTE = {"medium": Size(2048, 1), "large": Size(4096, 2), "xlarge": Size(8192, 4)}
_FAMILIES = {"t": _BURSTABLE, "m": _GENERAL, "c": _COMPUTE}
DEFAULT = Size(2048, 2)


def size_of(instance_type: str) -> Size:
    """Return a type's size, `t4g.small` for example; a type that is not in the table is a 2 GiB one."""
    family, _, size = instance_type.partition(".")
    return _FAMILIES.get(family[:1], {}).get(size, DEFAULT)
