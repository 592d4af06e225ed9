"""What a caller of the lab needs: `.lab/env` with the API's address and keys, and the SSH key."""

import secrets

from lab import layout, paths
from lab.shell import run


def variables() -> dict[str, str]:
    """Return the environment under which the production playbooks run against the lab."""
    return {
        "AWS_ENDPOINT_URL": layout.API_URL,
        "AWS_REGION": layout.REGION,
        "AWS_DEFAULT_REGION": layout.REGION,
        **_owner_key(),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "BORINGMAIL_LAB_APT_PROXY": layout.APT_PROXY_URL,
        "BORINGMAIL_LAB_SSH_KEY": str(paths.SSH_KEY),
    }


def _owner_key() -> dict[str, str]:
    """Return the key under which the owner calls the API: this lab's own, kept as long as the lab."""
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    lines = paths.ENV.read_text().splitlines() if paths.ENV.exists() else []
    pairs = dict(line.removeprefix("export ").split("=", 1) for line in lines if "=" in line)
    if all(pairs.get(name) for name in names):
        return {name: pairs[name] for name in names}
    return {names[0]: f"AKIA{secrets.token_hex(8).upper()}", names[1]: secrets.token_urlsafe(30)}


def exports() -> str:
    """Return the variables as lines for a shell."""
    return "".join(f"export {name}={value}\n" for name, value in variables().items())


def write() -> bool:
    """Write `.lab/env` and, once, the SSH key; tell whether the owner's key is a new one."""
    before = paths.ENV.read_text() if paths.ENV.exists() else ""
    if not paths.SSH_KEY.exists():
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "boringmail-lab", "-f", str(paths.SSH_KEY)])
    paths.ENV.write_text(exports())
    return before != paths.ENV.read_text()
