"""GetConsoleOutput of the instance itself, where cloud-init prints host keys; moto answers a sample."""

import base64
from typing import Any

from moto.core.responses import ActionResult
from moto.core.types import Base64EncodedString
from moto.core.utils import utcnow
from moto.ec2.responses.general import General

from lab.api.patches.replacing import replace
from lab.plane.instances import console_path


def read_console(instance_id: str) -> bytes:
    """Return what an instance's console shows; empty while it has printed nothing."""
    try:
        return console_path(instance_id).read_bytes()
    except FileNotFoundError:
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
