"""What the local AWS wants to be true: the values that pass from the API half to the data plane.

The API half reads them out of moto after every call that may change something; the data plane makes
namespaces, containers, firewall rules and DNS zones match. Nothing here does any I/O.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Volume:
    """An EBS volume in an instance's block-device mapping."""

    volume_id: str
    device: str
    size_gib: int
    delete_on_termination: bool


@dataclass(frozen=True)
class Instance:
    """An EC2 instance. `state` is EC2's own word: pending, running, stopped, terminated, ..."""

    instance_id: str
    name: str
    state: str
    instance_type: str
    image_id: str
    private_ip: str
    subnet_cidr: str
    public_key: str
    user_data: str
    security_group_ids: tuple[str, ...]
    volumes: tuple[Volume, ...]
    role_name: str | None
    availability_zone: str = ""
    metadata_tokens_required: bool = False
    metadata_hop_limit: int = 1
    architecture: str = "x86_64"
    key_name: str = ""
    reboots: int = 0  # how often it was told to


@dataclass(frozen=True)
class ElasticIp:
    """An Elastic IP; `private_ip` is None while it is not associated, `ptr` None for the default name."""

    public_ip: str
    private_ip: str | None
    ptr: str | None


@dataclass(frozen=True)
class Rule:
    """One security-group permission. `protocol` is tcp, udp, icmp or "-1" (all); ports are inclusive."""

    group_id: str
    direction: str  # "ingress" or "egress"
    protocol: str
    from_port: int | None
    to_port: int | None
    cidrs: tuple[str, ...]
    source_group_ids: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """One Route 53 record set; names are absolute, values in zone-file form."""

    name: str
    type: str
    ttl: int
    values: tuple[str, ...]


@dataclass(frozen=True)
class Zone:
    """A hosted zone with its delegation set; `delegated` says whether the world finds it."""

    name: str
    nameservers: tuple[str, ...]
    records: tuple[Record, ...]
    delegated: bool = True


@dataclass(frozen=True)
class Snapshot:
    """The whole desired state at one moment."""

    instances: tuple[Instance, ...] = ()
    elastic_ips: tuple[ElasticIp, ...] = ()
    rules: tuple[Rule, ...] = ()
    zones: tuple[Zone, ...] = ()
    volume_ids: frozenset[str] = frozenset()  # attached or not
