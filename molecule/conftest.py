"""Gives every scenario's tests the host they look at, and prints its journal when a test fails.

Molecule's own wiring drives testinfra through Ansible, at a second a command; `podman exec` takes a tenth.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import testinfra
import yaml
from testinfra.host import Host

JOURNAL_LINES = 100


@pytest.fixture(scope="session")
def host() -> Host:
    return testinfra.get_host(f"podman://bmlab-mol-{os.environ['MOLECULE_SCENARIO_NAME']}")


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
