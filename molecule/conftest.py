"""Gives every scenario's tests the host they look at, and prints its journal when a test fails.

Molecule's own wiring drives testinfra through Ansible, at a second a command, and `podman exec` takes a
quarter of one of CPU; the lab's own way in takes a hundredth.
What a role refuses needs no host and no converge: `step` applies one of its steps on the controller.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from testinfra.backend.base import CommandResult
from testinfra.backend.podman import PodmanBackend
from testinfra.host import Host

JOURNAL_LINES = 100
PROJECT = Path(__file__).parents[1]
ENTER = PROJECT / "lab" / "enter"
STEP_SECONDS = 120


@dataclass(frozen=True)
class Outcome:
    """What a playbook did: the names of the tasks that ran, what failed with which words, what changed."""

    tasks: list[str]
    refusal: str
    changed: int


def play(playbook: str, *arguments: str, environment: dict[str, str] | None = None) -> Outcome:
    """Runs a playbook of the project on the controller. No report fails the test."""
    finished = subprocess.run(
        ["ansible-playbook", *arguments, str(PROJECT / playbook)],
        env=os.environ
        | {
            "ANSIBLE_CONFIG": str(PROJECT / "ansible.cfg"),
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        }
        | (environment or {}),
        capture_output=True,
        text=True,
        timeout=STEP_SECONDS,
        check=False,
        cwd=PROJECT,
    )
    # Before and after the report, the callback of the times prints its own.
    _, brace, report = finished.stdout.partition("\n{\n")
    assert brace, finished.stdout + finished.stderr
    return outcome(json.JSONDecoder().raw_decode("{" + report)[0])


def outcome(report: dict[str, Any]) -> Outcome:
    """Reads what the callback `ansible.posix.json` wrote."""
    tasks, refusals = [], []
    for task in (task for each in report["plays"] for task in each["tasks"]):
        for result in task["hosts"].values():
            if not result.get("skipped"):
                tasks.append(task["task"]["name"])
            if result.get("failed"):
                refusals += [item["msg"] for item in [result, *result.get("results", [])] if "msg" in item]
    changed = sum(counts["changed"] for counts in report["stats"].values())
    failed = sum(counts["failures"] + counts["unreachable"] for counts in report["stats"].values())
    return Outcome(tasks, " ".join(" ".join(map(str, refusals)).split()) if failed else "", changed)


class LabBackend(PodmanBackend):
    """Runs a test's commands in the scenario's host."""

    def run(self, command: str, *args: str, **_: Any) -> CommandResult:
        text = self.get_command(command, *args)
        return self.run_local("%s %s /bin/sh -c %s", str(ENTER), self.name, text)


@pytest.fixture(scope="session")
def playbook() -> Callable[..., Outcome]:
    """Runs a playbook: `playbook("playbooks/x.yml", "--tags", "y", environment={})`."""
    return play


@pytest.fixture(scope="session")
def step() -> Callable[..., Outcome]:
    """Applies one step of the scenario's role with its variables: `step("preflight", aws_x_name="y")`."""

    def apply(name: str, *, environment: dict[str, str] | None = None, **variables: Any) -> Outcome:
        values = json.dumps({"molecule_step": name, **variables})
        arguments = ("--inventory", "localhost,", "--extra-vars", values)
        return play("molecule/shared/step.yml", *arguments, environment=environment)

    return apply


@pytest.fixture(scope="session")
def host() -> Host:
    backend = LabBackend(f"bmlab-mol-{os.environ['MOLECULE_SCENARIO_NAME']}")
    found = Host(backend)
    backend.set_host(found)
    return found


@pytest.fixture(scope="session")
def scenario_vars() -> dict[str, object]:
    """The variables that the scenario gave to its role."""
    return _scenario_vars()


def _scenario_vars() -> dict[str, object]:
    return yaml.safe_load(Path(os.environ["MOLECULE_SCENARIO_DIRECTORY"], "vars", "main.yml").read_text())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.failed and "host" in getattr(item, "funcargs", {}):
        units = _scenario_vars().get("molecule_journal_units", [])
        named = " ".join(f"--unit={unit}" for unit in units)
        journal = item.funcargs["host"].run(f"journalctl --no-pager --lines={JOURNAL_LINES} {named}")
        report.sections.append((f"journal of {', '.join(units)}", journal.stdout))
    return report
