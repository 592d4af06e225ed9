"""Runs a module as Ansible does."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).parents[3] / "library"


def run(module: str, *, check_mode: bool = False, **arguments: Any) -> dict[str, Any]:
    given = json.dumps({"ANSIBLE_MODULE_ARGS": {**arguments, "_ansible_check_mode": check_mode}})
    command = [sys.executable, str(LIBRARY / f"{module}.py")]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr + done.stdout
    result = json.loads(done.stdout)
    assert result["changed"] is False
    return result


def outcome(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(check["name"], check["status"]) for check in result["checks"]]
