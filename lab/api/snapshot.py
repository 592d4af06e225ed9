"""Read out of moto what the account wants: the desired state for the data plane."""

import base64
from typing import Any

from lab.api import backends
from lab.api.patches.reboots import reboots_of
from lab.api.patches.reverse_dns import published_ptr
from lab.plane.state import ElasticIp, Instance, Record, Rule, Snapshot, Volume, Zone

# A hosted zone whose comment says this is there in Route 53, but no parent points to it.
NOT_DELEGATED = "not delegated"


def take() -> Snapshot:
    """Return the account's present state."""
    ec2 = backends.ec2()
    instances = [item for reservation in list(ec2.reservations.values()) for item in reservation.instances]
    return Snapshot(
        instances=tuple(_instance(ec2, item) for item in instances),
        elastic_ips=tuple(_elastic_ip(address) for address in list(ec2.addresses)),
        rules=tuple(
            rule for groups in list(ec2.groups.values()) for sg in groups.values() for rule in _rules(sg)
        ),
        zones=tuple(_zone(zone) for zone in list(backends.route53().zones.values()) if not zone.private_zone),
        volume_ids=frozenset(ec2.volumes),
    )


def _instance(ec2: Any, item: Any) -> Instance:
    key = ec2.key_pairs.get(item.key_name)
    options = item.metadata_options
    return Instance(
        instance_id=item.id,
        name=next((tag["value"] for tag in item.get_tags() if tag["key"] == "Name"), ""),
        state=item.state,
        instance_type=item.instance_type,
        image_id=item.image_id,
        private_ip=item.private_ip or "",
        subnet_cidr=ec2.get_subnet(item.subnet_id).cidr_block if item.state != "terminated" else "",
        public_key=key.material_public.decode() if key and key.material_public else "",
        user_data=_plain(item.user_data),
        security_group_ids=tuple(sorted({group.id for nic in item.nics.values() for group in nic.group_set})),
        volumes=tuple(_volume(device, block) for device, block in item.get_block_device_mapping),
        role_name=_role_name(ec2, item),
        availability_zone=item.placement.zone or "",
        metadata_tokens_required=options.http_tokens == "required",
        metadata_hop_limit=options.http_put_response_hop_limit,
        architecture=item.architecture or "x86_64",
        key_name=item.key_name or "",
        reboots=reboots_of(item),
    )


def _plain(user_data: Any) -> str:
    if not user_data:
        return ""
    return base64.b64decode(str(user_data)).decode("utf-8", "replace")


def _volume(device: str, block: Any) -> Volume:
    return Volume(block.volume_id, device, int(block.size or 0), bool(block.delete_on_termination))


def _role_name(ec2: Any, item: Any) -> str | None:
    association = ec2.iam_instance_profile_associations.get(item.id)
    roles = association.iam_instance_profile.roles if association else []
    return str(roles[0].name) if roles else None


def _elastic_ip(address: Any) -> ElasticIp:
    return ElasticIp(address.public_ip, address.private_ip_address, published_ptr(address))


def _rules(group: Any) -> list[Rule]:
    both = (("ingress", group.ingress_rules), ("egress", group.egress_rules))
    return [_rule(group.id, direction, rule) for direction, rules in both for rule in list(rules)]


def _rule(group_id: str, direction: str, rule: Any) -> Rule:
    return Rule(
        group_id=group_id,
        direction=direction,
        protocol=str(rule.ip_protocol),
        from_port=_port(rule.from_port),
        to_port=_port(rule.to_port),
        cidrs=(rule.ip_range["CidrIp"],) if "CidrIp" in rule.ip_range else (),
        source_group_ids=(rule.source_group["GroupId"],) if "GroupId" in rule.source_group else (),
    )


def _port(value: Any) -> int | None:
    return None if value is None or int(value) == -1 else int(value)


def _absolute(name: str) -> str:
    return str(name).rstrip(".") + "."


def _zone(zone: Any) -> Zone:
    nameservers = tuple(_absolute(name) for name in zone.delegation_set.name_servers)
    records = tuple(_record(item) for item in list(zone.rrsets) if item.records)
    return Zone(
        _absolute(zone.name), nameservers, records, delegated=NOT_DELEGATED not in (zone.comment or "")
    )


def _record(item: Any) -> Record:
    values = [value["Value"] if isinstance(value, dict) else value for value in item.records]
    if item.type == "NS":
        values = [_absolute(value) for value in values]
    name = _absolute(item.name.replace("\\052", "*"))
    return Record(name, item.type, int(item.ttl or 300), tuple(values))
