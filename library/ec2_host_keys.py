#!/usr/bin/python
"""Notes the SSH host keys of new instances, so that the first connection is already a checked one.

The keys come from the console output: cloud-init prints them at first boot, and only the instance can write
there and only the account can read it.
"""

DOCUMENTATION = r"""
module: ec2_host_keys
short_description: SSH host keys from the console output
description:
  - Waits until an instance has printed its host keys, and writes them to a known_hosts file.
  - Keeps the Ed25519 key as the tag C(boringmail:host-key) of the instance. The console forgets its oldest
    lines; the tag serves every later run, on any controller.
  - Lines of the file that concern other hosts stay as they are.
  - Runs on the controller.
options:
  instances:
    description: The instances wanted.
    type: list
    elements: dict
    required: true
    suboptions:
      instance_id: {description: Instance id., type: str, required: true}
      names: {description: Addresses and names by which SSH reaches it., type: list, elements: str,
      required: true}
  path:
    description: The known_hosts file.
    type: path
    required: true
  timeout_seconds:
    description: How long to wait for the first boot.
    type: int
    default: 600
  state:
    description: V(absent) removes the lines of the names.
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
- name: Note the host key of mx1
  ec2_host_keys:
    path: known_hosts
    instances:
      - {instance_id: i-0123456789abcdef0, names: [203.0.113.10, mx1.mail.example.com]}
"""

RETURN = r"""
keys:
  description: Instance id to host key.
  type: dict
  returned: always
"""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from botocore.exceptions import BotoCoreError, ClientError

KEY_TAG = "boringmail:host-key"
PAUSE_SECONDS = 2
# cloud-init's own frame around the keys (cc_keys_to_console). The console may put a time or a unit's name
# before each
# line. The key's text ends with a comment, usually root@host, which says nothing.
BLOCK = re.compile(r"-----BEGIN SSH HOST KEY KEYS-----(.*?)-----END SSH HOST KEY KEYS-----", re.DOTALL)
KEY = re.compile(r"\b(ssh-ed25519 [A-Za-z0-9+/]{68,}={0,2})")


class HostKeyError(Exception):
    """No key could be had; the message says what to do."""


def key_in(console: str) -> str | None:
    """The Ed25519 host key of the newest complete block, as `ssh-ed25519 AAAA...`, or None."""
    for block in reversed(BLOCK.findall(console)):
        if found := KEY.search(block):
            return found[1]
    return None


def read_console(client: Any, instance_id: str) -> str:
    """The console as text. boto3 has taken the base64 off already."""
    try:
        answer = client.get_console_output(InstanceId=instance_id, Latest=True)
    except ClientError as error:
        # Instances that are not on Nitro have only the console of some minutes ago.
        if error.response["Error"]["Code"] != "UnsupportedOperation":
            raise
        answer = client.get_console_output(InstanceId=instance_id)
    return answer.get("Output", "")


def wait_for_key(
    client: Any,
    instance_id: str,
    timeout_seconds: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """The key that the instance prints, waiting for its first boot."""
    deadline = clock() + timeout_seconds
    while True:
        if key := key_in(read_console(client, instance_id)):
            return key
        if clock() + PAUSE_SECONDS > deadline:
            raise HostKeyError(
                f"The console of {instance_id} shows no SSH host key after {timeout_seconds} s. If it "
                f"still boots, run again. If it booted long ago and its tag {KEY_TAG} is gone, read the key "
                f"by the EC2 serial console and set the tag to it: ssh-ed25519 AAAA..."
            )
        sleep(PAUSE_SECONDS)


def tagged_keys(client: Any, instance_ids: list[str]) -> dict[str, str]:
    """Instance id to the key in its tag, for those that have one."""
    filters = [{"Name": "resource-id", "Values": instance_ids}, {"Name": "key", "Values": [KEY_TAG]}]
    answer = client.describe_tags(Filters=filters)
    return {tag["ResourceId"]: tag["Value"] for tag in answer["Tags"]}


def find_keys(client: Any, instance_ids: list[str], timeout_seconds: float) -> tuple[dict[str, str], bool]:
    """Instance id to key, from the tags or the consoles, and whether a tag was written."""
    keys = tagged_keys(client, instance_ids)
    missing = [instance_id for instance_id in instance_ids if instance_id not in keys]
    for instance_id in missing:
        keys[instance_id] = wait_for_key(client, instance_id, timeout_seconds)
        client.create_tags(Resources=[instance_id], Tags=[{"Key": KEY_TAG, "Value": keys[instance_id]}])
    return keys, bool(missing)


def merged(lines: list[str], entries: list[tuple[list[str], str | None]]) -> list[str]:
    """The file's lines with those of the given names replaced; `entries` is a list of (names, key)."""
    ours = {name for names, _ in entries for name in names}
    kept = [line for line in lines if not ours & set(line.split(" ", 1)[0].split(","))]
    return kept + [f"{','.join(names)} {key}" for names, key in entries if key]


def write(path: Path, lines: list[str]) -> None:
    """Replaces the file at once, so that nobody reads half of it."""
    partial = path.with_name(path.name + ".new")
    partial.write_text("".join(f"{line}\n" for line in lines))
    partial.replace(path)


def run(client: Any, params: dict[str, Any], check_mode: bool) -> tuple[dict[str, str], bool]:
    """Keys found and whether anything changed."""
    path, instances = Path(params["path"]), params["instances"]
    keys, changed = {}, False
    if params["state"] == "present" and instances and not check_mode:
        ids = [instance["instance_id"] for instance in instances]
        keys, changed = find_keys(client, ids, params["timeout_seconds"])
    elif params["state"] == "present":
        return {}, False
    before = path.read_text().splitlines() if path.exists() else []
    after = merged(before, [(entry["names"], keys.get(entry["instance_id"])) for entry in instances])
    if sorted(before) == sorted(after):
        return keys, changed
    if not check_mode:
        write(path, after)
    return keys, True


def main() -> None:
    """Declare and run."""
    instance = {
        "instance_id": {"type": "str", "required": True},
        "names": {"type": "list", "elements": "str", "required": True},
    }
    module = AnsibleAWSModule(
        argument_spec={
            "instances": {"type": "list", "elements": "dict", "required": True, "options": instance},
            "path": {"type": "path", "required": True},
            "timeout_seconds": {"type": "int", "default": 600},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        supports_check_mode=True,
    )
    try:
        keys, changed = run(module.client("ec2"), module.params, module.check_mode)
    except (BotoCoreError, ClientError) as error:
        module.fail_json_aws(error, msg="EC2 did not tell the host keys")
    except HostKeyError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=changed, keys=keys)


if __name__ == "__main__":
    main()
