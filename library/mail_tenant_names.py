#!/usr/bin/python
"""Names in the hosted zone that no tenant can have, because they hide the wildcard MX."""

DOCUMENTATION = r"""
---
module: mail_tenant_names
short_description: Find names that the wildcard MX does not reach
description:
  - A name that exists for any reason, with a record of its own or with names below it, is not answered for by
    the wildcard. No question to a name server can find such names; Route 53 lists them.
  - Runs on the controller. Reads the zone's record sets and changes nothing.
  - What is wrong does not fail the module; it shows in C(checks).
options:
  domain: {description: The gateway's domain., type: str, required: true}
  zone: {description: Name of the hosted zone that holds it., type: str, required: true}
  own_names:
    description: Names of the gateway itself.
    type: list
    elements: str
    required: true
  exchangers:
    description: Values of the MX record that tenants' names have to have.
    type: list
    elements: str
    required: true
  spf: {description: The SPF record that they have to have., type: str, required: true}
  dmarc: {description: The DMARC record that they have to have., type: str, required: true}
  accepted:
    description: Names that may stay as they are.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author: boringmail
attributes:
  check_mode: {support: full, description: Looks the same in check mode.}
"""

EXAMPLES = r"""
- name: Look for names that tenants cannot have
  mail_tenant_names:
    domain: desk.example.com
    zone: example.com
    own_names: [mx1.desk.example.com, submit.desk.example.com]
    exchangers: [10 mx1.desk.example.com.]
    spf: v=spf1 a:mx1.desk.example.com -all
    dmarc: v=DMARC1; p=none
"""

RETURN = r"""
checks:
  description: One entry.
  returned: always
  type: list
  elements: dict
  sample: [{name: "tenants' names in desk.example.com", key: tenant_names, status: pass, found: none}]
"""

from typing import Any

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from botocore.exceptions import BotoCoreError, ClientError

from boringmail.checks.causes import Key
from boringmail.checks.hosted_zone import plain_name
from boringmail.checks.result import Check, Status, guarded
from boringmail.checks.tenant_names import Wanted, check_tenant_names

TEXT = {"type": "str", "required": True}
NAMES = {"type": "list", "elements": "str", "required": True}
OPTIONS = {
    "domain": TEXT,
    "zone": TEXT,
    "own_names": NAMES,
    "exchangers": NAMES,
    "spf": TEXT,
    "dmarc": TEXT,
    "accepted": {"type": "list", "elements": "str", "default": []},
}


def zone_id(client: Any, zone: str) -> str | None:
    """The id of the public hosted zone of this name."""
    for page in client.get_paginator("list_hosted_zones").paginate():
        for found in page["HostedZones"]:
            if plain_name(found["Name"]) == zone and not found["Config"]["PrivateZone"]:
                return str(found["Id"])
    return None


def entries(client: Any, identifier: str) -> list[dict[str, Any]]:
    """Every record set of a zone."""
    pages = client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=identifier)
    return [camel_dict_to_snake_dict(entry) for page in pages for entry in page["ResourceRecordSets"]]


def look(client: Any, given: dict[str, Any]) -> list[Check]:
    """The check, or what the account says instead."""
    title, expected = f"tenants' names in {given['domain']}", f"the record sets of zone {given['zone']}"
    hint = "see that this controller has credentials of the account that holds the zone"
    try:
        identifier = zone_id(client, plain_name(given["zone"]))
        if identifier is None:
            words = f"the account has no public zone {given['zone']}"
            return [Check(title, Status.PERMERROR, expected, words, hint, Key.TENANT_NAMES)]
        listed = entries(client, identifier)
    except (BotoCoreError, ClientError) as error:
        return [Check(title, Status.TEMPERROR, expected, str(error), hint, Key.TENANT_NAMES)]
    wanted = Wanted(
        domain=given["domain"],
        exchangers=tuple(given["exchangers"]),
        spf=given["spf"],
        dmarc=given["dmarc"],
        own_names=frozenset(given["own_names"]),
        accepted=frozenset(given["accepted"]),
    )
    return [check_tenant_names(listed, wanted)]


def main() -> None:
    """Declare and run."""
    module = AnsibleAWSModule(argument_spec=OPTIONS, supports_check_mode=True)
    client = module.client("route53")
    checks = guarded("tenants' names", lambda: look(client, module.params), Key.TENANT_NAMES)
    module.exit_json(changed=False, checks=[check.as_dict() for check in checks])


if __name__ == "__main__":
    main()
