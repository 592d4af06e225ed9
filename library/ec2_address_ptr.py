#!/usr/bin/python
"""Sets the reverse DNS of Elastic IPs and waits until it is there; `amazon.aws` has no module that can."""

DOCUMENTATION = r"""
module: ec2_address_ptr
short_description: PTR records of Elastic IPs
description:
  - Sets the name that an Elastic IP resolves to, and waits until EC2 has published it.
  - EC2 refuses a name that does not yet resolve to the address, so the A record comes first. A resolver of
    EC2's may remember for a while that the name was missing; the module tries again until
    O(timeout_seconds) have passed.
  - Runs on the controller.
options:
  addresses:
    description: The addresses wanted.
    type: list
    elements: dict
    required: true
    suboptions:
      allocation_id: {description: Allocation id of the Elastic IP., type: str, required: true}
      name: {description: Name that it shall resolve to., type: str, required: true}
  timeout_seconds:
    description: How long all of it may take.
    type: int
    default: 900
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author: boringmail
"""

EXAMPLES = r"""
- name: Let the address say its name
  ec2_address_ptr:
    addresses:
      - {allocation_id: eipalloc-0123456789abcdef0, name: mx1.mail.example.com}
"""

RETURN = r"""
changed_addresses:
  description: Allocation ids whose PTR was set.
  type: list
  returned: always
"""

import time
from collections.abc import Callable
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from botocore.exceptions import BotoCoreError, ClientError

PAUSE_SECONDS = 2


class PtrError(Exception):
    """EC2 did not publish the name; the message says what to look at."""


def absolute(name: str) -> str:
    """A name in lower case with its final dot."""
    return name.lower().rstrip(".") + "."


def current(client: Any, allocation_ids: list[str]) -> dict[str, dict[str, Any]]:
    """What EC2 publishes and is about to, by allocation id; addresses without a PTR are missing."""
    answer = client.describe_addresses_attribute(AllocationIds=allocation_ids, Attribute="domain-name")
    return {entry["AllocationId"]: entry for entry in answer["Addresses"]}


def state_of(entry: dict[str, Any], name: str) -> str:
    """`published`, `pending`, `failed` or `other`, for a wanted name and an entry of `current`."""
    update = entry.get("PtrRecordUpdate")
    if update and absolute(update.get("Value") or ".") == absolute(name):
        return "failed" if update.get("Status") == "FAILED" else "pending"
    published = absolute(entry.get("PtrRecord") or ".") == absolute(name)
    return "published" if published and not update else "other"


class Setter:
    """Sets names until a deadline; clock and sleep are given so that tests need not wait."""

    def __init__(
        self,
        client: Any,
        timeout_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.client = client
        self.deadline = clock() + timeout_seconds
        self.clock = clock
        self.sleep = sleep

    def pause(self, otherwise: Exception) -> None:
        """Waits a little, or raises `otherwise` when time is up."""
        if self.clock() + PAUSE_SECONDS > self.deadline:
            raise otherwise
        self.sleep(PAUSE_SECONDS)

    def request(self, allocation_id: str, name: str) -> None:
        """Asks for the name, again while EC2 cannot resolve it yet."""
        while True:
            try:
                self.client.modify_address_attribute(AllocationId=allocation_id, DomainName=name)
            except ClientError as error:
                # The code differs by region and age of the API; all of them speak of a bad parameter.
                if not error.response["Error"]["Code"].startswith("InvalidParameter"):
                    raise
                self.pause(otherwise=error)
            else:
                return

    def wait(self, allocation_id: str, name: str) -> None:
        """Returns once the name is published."""
        while True:
            entry = current(self.client, [allocation_id]).get(allocation_id, {})
            state = state_of(entry, name)
            if state == "published":
                return
            if state == "failed":
                reason = entry["PtrRecordUpdate"].get("Reason", "no reason given")
                raise PtrError(f"EC2 could not set the PTR of {allocation_id} to {name}: {reason}")
            self.pause(
                PtrError(
                    f"The PTR of {allocation_id} is not {name} yet. Run again later; if it stays so, see "
                    f"`aws ec2 describe-addresses-attribute --attribute domain-name`."
                )
            )


def run(client: Any, params: dict[str, Any], check_mode: bool) -> list[str]:
    """Sets what differs and waits for it; the allocation ids that were set."""
    wanted = {entry["allocation_id"]: entry["name"] for entry in params["addresses"]}
    if not wanted:
        return []
    found = current(client, list(wanted))
    states = {allocation: state_of(found.get(allocation, {}), name) for allocation, name in wanted.items()}
    to_set = [allocation for allocation, state in states.items() if state in {"other", "failed"}]
    if check_mode:
        return to_set
    setter = Setter(client, params["timeout_seconds"])
    for allocation in to_set:
        setter.request(allocation, wanted[allocation])
    for allocation, state in states.items():
        if state != "published":
            setter.wait(allocation, wanted[allocation])
    return to_set


def main() -> None:
    """Declare and run."""
    address = {
        "allocation_id": {"type": "str", "required": True},
        "name": {"type": "str", "required": True},
    }
    module = AnsibleAWSModule(
        argument_spec={
            "addresses": {"type": "list", "elements": "dict", "required": True, "options": address},
            "timeout_seconds": {"type": "int", "default": 900},
        },
        supports_check_mode=True,
    )
    try:
        changed = run(module.client("ec2"), module.params, module.check_mode)
    except (BotoCoreError, ClientError) as error:
        module.fail_json_aws(error, msg="EC2 refused the PTR; the A record of the name must exist first")
    except PtrError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=bool(changed), changed_addresses=changed)


if __name__ == "__main__":
    main()
