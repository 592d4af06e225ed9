"""GetConsoleOutput of the instance itself, where cloud-init prints host keys; moto answers a sample."""

import base64
import subprocess
from typing import Any

from moto.core.responses import ActionResult
from moto.core.types import Base64EncodedString
from moto.core.utils import utcnow
from moto.ec2.responses.general import General

from lab.api.patches.replacing import replace
from lab.layout import PREFIX

_LOG = "/var/log/lab-console.log"


def read_console(instance_id: str) -> bytes:
    """Return what an instance's console shows; empty while it does not run or has printed nothing."""
    command = ["podman", "exec", f"{PREFIX}{instance_id}", "cat", _LOG]
    try:
        return subprocess.run(command, capture_output=True, check=True, timeout=10).stdout
    except (OSError, subprocess.SubprocessError):
        return b""


def _get_console_output(self: Any) -> ActionResult:
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    result = {"InstanceId": instance.id, "Timestamp": utcnow()}
    output = read_console(instance.id)
    if output:
        result["Output"] = Base64EncodedString(base64.b64encode(output).decode("ascii"))
    return ActionResult(result)


def apply() -> None:
    """Correct moto."""
    replace(General, "get_console_output", _get_console_output)
