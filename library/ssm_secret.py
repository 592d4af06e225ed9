#!/usr/bin/python
"""Makes secrets once. A module of its own so that no secret ever passes through Ansible.

`community.aws.ssm_parameter` wants the value as an argument and reads the stored one back to compare, which
takes permission to decrypt it. Here the value is drawn inside the module, sent to the Parameter Store and
forgotten.
"""

DOCUMENTATION = r"""
module: ssm_secret
short_description: Make secrets in the SSM Parameter Store unless they exist
description:
  - Draws each missing secret and stores it as a SecureString. The values are neither arguments nor results.
  - An existing parameter is never read or overwritten. To rotate one, delete it and run again.
  - Runs on the controller.
options:
  secrets:
    description: The secrets wanted.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Full name of the parameter.
        type: str
        required: true
      kind:
        description:
          - V(password) is 64 hexadecimal digits, 256 random bits.
          - V(webhook_key) is C(whsec_) and 32 random bytes in base64, as Standard Webhooks writes keys.
        type: str
        choices: [password, webhook_key]
        required: true
  tags:
    description: Tags put on a parameter when it is made.
    type: dict
    default: {}
  state:
    description: V(absent) deletes the parameters, and with them the secrets.
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
- name: Make the app's password
  ssm_secret:
    secrets:
      - {name: /boringmail/mail.example.com/submission/app/password, kind: password}
"""

RETURN = r"""
made:
  description: Names of the parameters that were made in this run.
  type: list
  returned: always
deleted:
  description: Names of the parameters that were deleted in this run.
  type: list
  returned: always
"""

import base64
import secrets
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from botocore.exceptions import BotoCoreError, ClientError

# DescribeParameters takes at most 50 values in one filter, DeleteParameters ten names.
NAMES_PER_CALL = 10


def draw(kind: str) -> str:
    """A new secret of this kind: 32 bytes from the system's generator."""
    if kind == "password":
        return secrets.token_hex(32)
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def chunks(names: list[str]) -> list[list[str]]:
    """The names in lists short enough for one call."""
    return [names[start : start + NAMES_PER_CALL] for start in range(0, len(names), NAMES_PER_CALL)]


def existing(client: Any, names: list[str]) -> set[str]:
    """Those of the names that the Parameter Store has. Asks for descriptions, never for values."""
    found = set()
    paginator = client.get_paginator("describe_parameters")
    for some in chunks(names):
        wanted = [{"Key": "Name", "Option": "Equals", "Values": some}]
        for page in paginator.paginate(ParameterFilters=wanted):
            found.update(parameter["Name"] for parameter in page["Parameters"])
    return found


def put(client: Any, secret: dict[str, Any], tags: dict[str, Any]) -> bool:
    """Stores a new value; false when somebody else was quicker (`Overwrite` stays off)."""
    try:
        client.put_parameter(
            Name=secret["name"],
            Value=draw(secret["kind"]),
            Type="SecureString",
            Overwrite=False,
            Tags=[{"Key": key, "Value": str(value)} for key, value in sorted(tags.items())],
        )
    except client.exceptions.ParameterAlreadyExists:
        return False
    return True


def make(client: Any, wanted: list[dict[str, Any]], tags: dict[str, Any], check_mode: bool) -> list[str]:
    """Makes what is missing and returns the names."""
    found = existing(client, [secret["name"] for secret in wanted])
    missing = [secret for secret in wanted if secret["name"] not in found]
    return [secret["name"] for secret in missing if check_mode or put(client, secret, tags)]


def delete(client: Any, wanted: list[dict[str, Any]], check_mode: bool) -> list[str]:
    """Deletes what is there and returns the names."""
    found = sorted(existing(client, [secret["name"] for secret in wanted]))
    if not check_mode:
        for some in chunks(found):
            client.delete_parameters(Names=some)
    return found


def main() -> None:
    """Declare and run."""
    secret = {
        "name": {"type": "str", "required": True},
        "kind": {"type": "str", "choices": ["password", "webhook_key"], "required": True},
    }
    module = AnsibleAWSModule(
        argument_spec={
            "secrets": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": secret,
                "no_log": False,
            },
            "tags": {"type": "dict", "default": {}},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        supports_check_mode=True,
    )
    client = module.client("ssm")
    wanted, made, deleted = module.params["secrets"], [], []
    try:
        if module.params["state"] == "present":
            made = make(client, wanted, module.params["tags"], module.check_mode)
        else:
            deleted = delete(client, wanted, module.check_mode)
    except (BotoCoreError, ClientError) as error:
        module.fail_json_aws(error, msg="The Parameter Store refused")
    module.exit_json(changed=bool(made or deleted), made=made, deleted=deleted)


if __name__ == "__main__":
    main()
