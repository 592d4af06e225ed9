"""verify.yml names the one thing that is broken, and what it hands over mends it.

Each break is followed by its repair, carried out as it stands: zone-file lines are pasted into the zone, a
command is run by a shell. That the repair holds is seen by the next break, of which verify.yml has to name
nothing else, and at the end, when everything passes.
"""

import json
import subprocess

import pytest

from lab.demo.playbook import environment, must_succeed, play
from lab.drive.lists import Lists
from lab.drive.zone import HostedZone
from tests.e2e.breaks import BREAKS, LIST, ZONE, lists_answer_errors, zone_tidied

RESULT = "/var/lib/boringmail/verify.json"
REPAIR_SECONDS = 240


@pytest.fixture(scope="module", autouse=True)
def zone(built):
    """The hosted zone, as it was when all tests are over."""
    with zone_tidied():
        yield


@pytest.fixture
def verify(tmp_path):
    """Run verify.yml; its status and its checks."""

    def run():
        result = tmp_path / "verify.json"
        done = play("verify.yml", "-e", f"verify_json={result}")
        assert done.transcript.changed == 0
        return done, json.loads(result.read_text())["checks"]

    return run


def wrong(checks):
    """What is not right, but for what follows from something else."""
    return [check for check in checks if check["status"] != "pass" and not check["because"]]


def carry_out(repair):
    """Do what a repair says, from anywhere."""
    if " IN " in repair.splitlines()[0]:
        HostedZone(ZONE).paste(repair)
        return
    done = subprocess.run(
        ["bash", "-c", repair],
        cwd="/",
        env=environment(),
        capture_output=True,
        text=True,
        timeout=REPAIR_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{repair}\n{(done.stdout + done.stderr)[-3000:]}"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.name)
def test_what_is_broken_is_named_alone_and_its_repair_mends_it(host, verify, broken):
    broken.do(host)
    try:
        run, checks = verify()
        found = wrong(checks)
        assert run.status > 0
        assert {check["key"] for check in found} == {broken.key}, found
        assert broken.found in " ".join(check["found"] for check in found)
        assert all(check["hint"] for check in found)
        if broken.repaired:
            for repair in dict.fromkeys(check["repair"] for check in found):
                assert repair, found
                carry_out(repair)
    finally:
        broken.undo(host)


def test_a_list_that_answers_errors_is_named_and_fails_nothing(host, verify):
    with lists_answer_errors():
        run, checks = verify()
    assert wrong(checks) == []
    assert run.status == 0
    (lists,) = [check for check in checks if check["key"] == "blocklists"]
    assert LIST in lists["found"]
    assert "127.255.255.254" in lists["found"]


def test_when_all_is_mended_everything_passes_and_the_host_keeps_the_result(host, verify):
    Lists().reset()
    run, checks = verify()
    must_succeed(run)
    assert {check["status"] for check in checks} == {"pass"}
    kept = json.loads(host.run("cat", RESULT))
    assert {check["name"] for check in kept["checks"]} <= {check["name"] for check in checks}
    assert host.run("boringmail", "check", "--json")
