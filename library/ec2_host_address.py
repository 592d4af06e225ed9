#!/usr/bin/python
"""Gives each host its own Elastic IP, once and for ever.

`amazon.aws.ec2_eip` cannot hold an address for one host while no instance has it, and reports a change on
every run when tags are given. The reputation of a mail host hangs on its address, so here the
tags say whose it is.
"""

DOCUMENTATION = r"""
module: ec2_host_address
short_description: One Elastic IP per host, found again by its tags
description:
  - Allocates an Elastic IP for each host that has none and associates it with the host's instance.
  - An address is a host's when it carries the tags of O(domain) and the host; it survives the instance.
  - Runs on the controller.
options:
  domain:
    description: Value of the tag C(boringmail:domain).
    type: str
    required: true
  instances:
    description: Host to instance id. An empty id leaves the address without an instance.
    type: dict
    default: {}
  tags:
    description: More tags for an address when it is allocated.
    type: dict
    default: {}
  state:
    description:
      - V(present) allocates and associates.
      - V(absent) gives up every address of the domain, its PTR first; nobody gets it back.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author: boringmail
"""

EXAMPLES = r"""
- name: Give mx1 its address
  ec2_host_address:
    domain: mail.example.com
    instances: {mx1: i-0123456789abcdef0}
"""

RETURN = r"""
addresses:
  description: The addresses of the domain after the run, each with host, public_ip, private_ip and
  allocation_id.
  type: list
  elements: dict
  returned: always
"""

import time
from collections.abc import Callable
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from botocore.exceptions import BotoCoreError, ClientError

DOMAIN_TAG, HOST_TAG = "boringmail:domain", "boringmail:host"
# Taking a PTR off is asynchronous, and an address that has one cannot be released.
RELEASE_TRIES, RELEASE_PAUSE_SECONDS = 60, 5


def tags_of(address: dict[str, Any]) -> dict[str, str]:
    """An address's tags as a mapping."""
    return {tag["Key"]: tag["Value"] for tag in address.get("Tags", [])}


def described(client: Any, domain: str) -> dict[str, dict[str, Any]]:
    """The domain's addresses as EC2 describes them, by host."""
    answer = client.describe_addresses(Filters=[{"Name": f"tag:{DOMAIN_TAG}", "Values": [domain]}])
    return {tags_of(address).get(HOST_TAG, ""): address for address in answer["Addresses"]}


def allocate(client: Any, host: str, domain: str, tags: dict[str, Any]) -> dict[str, Any]:
    """A new address, tagged as the host's."""
    wanted = tags | {DOMAIN_TAG: domain, HOST_TAG: host, "Name": f"{host}.{domain}"}
    pairs = [{"Key": key, "Value": str(value)} for key, value in sorted(wanted.items())]
    return client.allocate_address(
        Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": pairs}]
    )


def associate(client: Any, address: dict[str, Any], instance_id: str) -> None:
    """Gives the address to the instance."""
    # An address that somebody moved to another instance comes back to its host.
    client.associate_address(
        AllocationId=address["AllocationId"], InstanceId=instance_id, AllowReassociation=True
    )


def ensure(client: Any, params: dict[str, Any], check_mode: bool) -> bool:
    """Allocates and associates what is missing; true when something was."""
    found, changed = described(client, params["domain"]), False
    for host, instance_id in params["instances"].items():
        address = found.get(host)
        if address is None:
            changed = True
            if check_mode:
                continue
            address = allocate(client, host, params["domain"], params["tags"])
        if instance_id and address.get("InstanceId") != instance_id:
            changed = True
            if not check_mode:
                associate(client, address, instance_id)
    return changed


def release_one(client: Any, address: dict[str, Any], sleep: Callable[[float], None] = time.sleep) -> None:
    """Takes the PTR off, lets go of the instance, and releases."""
    allocation = address["AllocationId"]
    if address.get("AssociationId"):
        client.disassociate_address(AssociationId=address["AssociationId"])
    attributes = client.describe_addresses_attribute(AllocationIds=[allocation], Attribute="domain-name")
    if attributes["Addresses"]:
        client.reset_address_attribute(AllocationId=allocation, Attribute="domain-name")
    for remaining in reversed(range(RELEASE_TRIES)):
        try:
            client.release_address(AllocationId=allocation)
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidAddress.Locked" or not remaining:
                raise
            sleep(RELEASE_PAUSE_SECONDS)
        else:
            return


def release(client: Any, domain: str, check_mode: bool) -> bool:
    """Releases every address of the domain; true when there was one."""
    found = described(client, domain)
    for address in found.values():
        if not check_mode:
            release_one(client, address)
    return bool(found)


def shown(host: str, address: dict[str, Any]) -> dict[str, str]:
    """An address as the module returns it."""
    return {
        "host": host,
        "public_ip": address["PublicIp"],
        "private_ip": address.get("PrivateIpAddress", ""),
        "allocation_id": address["AllocationId"],
    }


def main() -> None:
    """Declare and run."""
    module = AnsibleAWSModule(
        argument_spec={
            "domain": {"type": "str", "required": True},
            "instances": {"type": "dict", "default": {}},
            "tags": {"type": "dict", "default": {}},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        supports_check_mode=True,
    )
    client, params = module.client("ec2"), module.params
    try:
        if params["state"] == "present":
            changed = ensure(client, params, module.check_mode)
        else:
            changed = release(client, params["domain"], module.check_mode)
        found = described(client, params["domain"])
    except (BotoCoreError, ClientError) as error:
        module.fail_json_aws(error, msg="EC2 refused")
    module.exit_json(changed=changed, addresses=[shown(host, found[host]) for host in sorted(found)])


if __name__ == "__main__":
    main()
