"""The lab comes up from any state, and goes down leaving nothing. It takes the lab down, so it runs last."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lab import containers, down, layout, network, paths, processes, testhosts
from lab.plane import instances

pytestmark = pytest.mark.timeout(300)


def lab(*arguments: str, check: bool = True, timeout: float = 180) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "lab", *arguments],
        cwd=paths.CHECKOUT, capture_output=True, text=True, check=False, timeout=timeout,
    )  # fmt: skip
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def parts() -> dict[str, str]:
    return {part["name"]: part["state"] for part in json.loads(lab("status", "--json", check=False))["parts"]}


def assert_whole() -> None:
    """Everything runs and answers: APT cache and API from a host of the lab, DNS from the controller."""
    states = parts()
    assert {states[name] for name in ("router", "controller", "apt-cache", "api")} == {"up"}
    assert {states[name] for name in ("internet", "app")} == {"running"}
    script = "import socket; [socket.create_connection(('203.0.113.250', port), 5) for port in (3142, 4566)]"
    lab("host", "add", "whole")
    lab("shell", "whole", "--", "python3", "-c", script)
    lab("host", "rm", "whole")


def outside() -> tuple[str, str, str]:
    """What `down` must leave as it was: the machine's own links, routes and rules."""
    commands = (["ip", "-brief", "address"], ["ip", "route"], ["nft", "list", "ruleset"])
    texts = (subprocess.run(one, capture_output=True, text=True, check=True).stdout for one in commands)
    links, routes, rules = texts
    return "".join(line for line in links.splitlines(keepends=True) if "veth" not in line), routes, rules


@pytest.fixture(scope="module", autouse=True)
def up_again():
    yield
    lab("up")


def test_down_leaves_nothing_and_is_no_error_twice():
    lab("up")
    lab("host", "add", "left", "--image", "base")
    foreign = "e2e-not-the-labs"
    subprocess.run(["ip", "netns", "add", foreign], check=True)
    try:
        lab("down")
        lab("down")
        assert down.leftovers() == []
        assert not Path("/run/boringmail-lab").exists()
        assert not [line for line in Path("/proc/mounts").read_text().splitlines() if "bmlab-" in line]
        assert "bmlab" not in "".join(outside())
        assert "203.0.113" not in outside()[0]
        assert (network.NAMESPACES / foreign).exists()
    finally:
        subprocess.run(["ip", "netns", "del", foreign], check=True)


def test_the_machine_is_as_before_after_up_and_down():
    lab("down")
    before = outside()
    lab("up")
    assert_whole()
    lab("down")
    assert outside() == before


@pytest.mark.parametrize("seconds", [0.4, 1.5, 3, 6])
def test_up_killed_half_way_is_finished_by_the_next_up(seconds):
    lab("down")
    with subprocess.Popen(
        [sys.executable, "-m", "lab", "up"], cwd=paths.CHECKOUT, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as victim:  # fmt: skip
        time.sleep(seconds)
        os.killpg(victim.pid, signal.SIGKILL)
    lab("up")
    assert_whole()


def test_down_works_after_up_was_killed_half_way():
    lab("down")
    with subprocess.Popen([sys.executable, "-m", "lab", "up"], cwd=paths.CHECKOUT,
                          stdout=subprocess.DEVNULL) as victim:  # fmt: skip
        time.sleep(2)
        victim.kill()
    lab("down")
    assert down.leftovers() == []


def test_a_lab_killed_with_9_comes_up_again():
    lab("up")
    for pid in processes.running():
        os.kill(pid, signal.SIGKILL)
    for host in layout.SERVICE_HOSTS:
        containers.podman(["kill", "--signal=KILL", host.namespace])
    lab("up")
    assert_whole()


def test_cut_cables_and_half_made_namespaces_are_made_anew():
    lab("up")
    network.remove_namespace(layout.ROUTER)
    containers.remove(layout.APP_SERVER.namespace)
    network.remove_namespace(layout.APP_SERVER.namespace)
    (network.NAMESPACES / layout.APP_SERVER.namespace).touch()
    lab("up")
    assert_whole()


def test_instances_without_the_api_that_knew_them_are_removed():
    lab("up")
    name = layout.PREFIX + "i-e2e00000000000000"
    subprocess.run(["ip", "netns", "add", name], check=True)
    processes.stop("api")
    lab("up")
    assert name not in network.namespaces()
    assert containers.listing(instances.KIND) == {}


def test_a_test_host_gets_packages_by_the_cache_and_nothing_else_of_the_world():
    lab("up")
    facts = json.loads(lab("host", "add", "e2e-host", "--image", "base", "--memory", "512"))
    assert facts in [testhosts.TestHost("e2e-host", slot).facts() for slot in range(layout.TEST_HOSTS_MAX)]
    shell = ("shell", "e2e-host", "--")
    assert lab(*shell, "systemctl", "is-system-running").strip() == "running"
    lab(*shell, "apt-get", "--quiet", "update")
    script = (
        "import urllib.request as u; o = u.build_opener(u.ProxyHandler({'http': 'http://203.0.113.250:3142'}));"
        "o.open('http://not-listed.example/debian/', timeout=5)"
    )
    assert "403" in lab(*shell, "python3", "-c", script, check=False)
    outside_address = "import socket; socket.create_connection(('192.0.2.1', 80), 3)"
    assert "unreachable" in lab(*shell, "python3", "-c", outside_address, check=False)
    lab("host", "rm", "e2e-host")
    assert "e2e-host" not in lab("host", "list")


def test_a_second_up_changes_nothing():
    lab("up")
    before = containers.podman(["ps", "--format={{.ID}} {{.Names}}"]), processes.running()
    lab("up")
    assert (containers.podman(["ps", "--format={{.ID}} {{.Names}}"]), processes.running()) == before
