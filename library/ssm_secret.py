#!/usr/bin/python
"""Makes secrets once. A module of its own so that no secret ever passes through Ansible.

`community.aws.ssm_parameter` wants the value as an argument and reads the stored one back to compare, which
takes permission to decrypt it. Here the value is drawn inside the module, sent to the Parameter Store and
forgotten. Of a key pair the public half is stored beside it, in the parameter's description: made in the same
call, so that the two always belong together, and read without permission to decrypt.
"""

DOCUMENTATION = r"""
module: ssm_secret
short_description: Make secrets in the SSM Parameter Store unless they exist
description:
  - Draws each missing secret and stores it as a SecureString. The values are neither arguments nor results.
  - The value of an existing parameter is never read or overwritten. To rotate one, delete it and run again.
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
          - V(dkim_key) is an RSA key of 2048 bits in PEM (PKCS#8), with C(p=) and the public half in the
            parameter's description.
        type: str
        choices: [password, webhook_key, dkim_key]
        required: true
  below:
    description: With O(state=absent), paths below which every parameter is deleted too.
    type: list
    elements: str
    default: []
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
      - {name: /boringmail/mail.example.com/dkim/bm1, kind: dkim_key}
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
public_keys:
  description:
    - By name, the public half of each key pair, SubjectPublicKeyInfo in DER and base64 (RFC 6376 3.6.1).
    - In check mode one that would be made has none yet.
  type: dict
  returned: always
"""

import base64
import re
import secrets
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

# DescribeParameters takes at most 50 values in one filter, DeleteParameters ten names.
NAMES_PER_CALL = 10


# A string of a zone is too short for a longer key in one record, and verifiers need take no longer one
# (RFC 8301 3.2). In PEM it has 1,704 characters; the Parameter Store takes 4,096.
DKIM_KEY_BITS = 2048
DESCRIPTION = "DKIM key. Public half: p="
PUBLIC_HALF = re.compile(r"\bp=([A-Za-z0-9+/]+={0,2})")


class NoPublicHalfError(Exception):
    """A key pair was stored by other hands; the text names the fix."""


def draw_key_pair() -> tuple[str, str]:
    """A new DKIM key: the private half in PEM, and a description that holds the public one."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=DKIM_KEY_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode().strip(), DESCRIPTION + base64.b64encode(public).decode()


def draw(kind: str) -> tuple[str, str]:
    """A new secret of this kind, from the system's generator, and what may be said of it openly."""
    if kind == "dkim_key":
        return draw_key_pair()
    if kind == "password":
        return secrets.token_hex(32), ""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(), ""


def chunks(names: list[str]) -> list[list[str]]:
    """The names in lists short enough for one call."""
    return [names[start : start + NAMES_PER_CALL] for start in range(0, len(names), NAMES_PER_CALL)]


def described(client: Any, filters: list[dict[str, Any]]) -> dict[str, str]:
    """Descriptions by name of the parameters that a filter finds. Asks for no values."""
    pages = client.get_paginator("describe_parameters").paginate(ParameterFilters=filters)
    return {found["Name"]: found.get("Description", "") for page in pages for found in page["Parameters"]}


def existing(client: Any, names: list[str]) -> dict[str, str]:
    """Those of the names that the Parameter Store has, with their descriptions."""
    found: dict[str, str] = {}
    for some in chunks(names):
        found |= described(client, [{"Key": "Name", "Option": "Equals", "Values": some}])
    return found


def put(client: Any, secret: dict[str, Any], tags: dict[str, Any]) -> str | None:
    """Stores a new value and returns its description; None when somebody else was quicker."""
    value, description = draw(secret["kind"])
    try:
        client.put_parameter(
            Name=secret["name"],
            Value=value,
            Type="SecureString",
            Overwrite=False,
            Tags=[{"Key": key, "Value": str(value)} for key, value in sorted(tags.items())],
            **({"Description": description} if description else {}),
        )
    except client.exceptions.ParameterAlreadyExists:
        return None
    return description


def make(
    client: Any, wanted: list[dict[str, Any]], tags: dict[str, Any], check_mode: bool
) -> tuple[list[str], dict[str, str]]:
    """Makes what is missing. Returns the names made, and the descriptions of all that are there now."""
    there = existing(client, [secret["name"] for secret in wanted])
    missing = [secret for secret in wanted if secret["name"] not in there]
    if check_mode:
        return [secret["name"] for secret in missing], there
    made = []
    for secret in missing:
        # What was made is not looked up again: the Parameter Store may take a moment to list it.
        description = put(client, secret, tags)
        if description is None:
            there |= existing(client, [secret["name"]])
        else:
            there[secret["name"]] = description
            made.append(secret["name"])
    return made, there


def public_keys(
    wanted: list[dict[str, Any]], there: dict[str, str], check_mode: bool = False
) -> dict[str, str]:
    """The public halves by name. Raises NoPublicHalfError."""
    names = [secret["name"] for secret in wanted if secret["kind"] == "dkim_key"]
    return {name: public_half(name, there.get(name, "")) for name in names if name in there or not check_mode}


def public_half(name: str, description: str) -> str:
    """The public half that a description holds. Raises NoPublicHalfError."""
    if half := PUBLIC_HALF.search(description):
        return half[1]
    raise NoPublicHalfError(
        f"The description of the parameter {name} does not hold the public half of its key. Fix: delete"
        " the parameter and run again, which makes a new key; or, to use the key in a file key.pem, run"
        f" aws ssm put-parameter --overwrite --type SecureString --name {name} --value file://key.pem"
        ' --description "p=$(openssl pkey -in key.pem -pubout -outform DER | base64 -w0)"'
    )


def delete(client: Any, wanted: list[dict[str, Any]], below: list[str], check_mode: bool) -> list[str]:
    """Deletes what is there and returns the names."""
    names = set(existing(client, [secret["name"] for secret in wanted]))
    for path in below:
        names |= set(described(client, [{"Key": "Path", "Option": "Recursive", "Values": [path]}]))
    found = sorted(names)
    if not check_mode:
        for some in chunks(found):
            client.delete_parameters(Names=some)
    return found


def main() -> None:
    """Declare and run."""
    secret = {
        "name": {"type": "str", "required": True},
        "kind": {"type": "str", "choices": ["password", "webhook_key", "dkim_key"], "required": True},
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
            "below": {"type": "list", "elements": "str", "default": []},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        supports_check_mode=True,
    )
    client = module.client("ssm")
    wanted = module.params["secrets"]
    result: dict[str, Any] = {"made": [], "deleted": [], "public_keys": {}}
    try:
        if module.params["state"] == "present":
            result["made"], there = make(client, wanted, module.params["tags"], module.check_mode)
            result["public_keys"] = public_keys(wanted, there, module.check_mode)
        else:
            result["deleted"] = delete(client, wanted, module.params["below"], module.check_mode)
    except (BotoCoreError, ClientError) as error:
        module.fail_json_aws(error, msg="The Parameter Store refused")
    except NoPublicHalfError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=bool(result["made"] or result["deleted"]), **result)


if __name__ == "__main__":
    main()
