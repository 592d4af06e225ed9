"""The decisions of the modules that make addresses, PTR records and host keys. No AWS, no wait."""

import importlib.util
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from botocore.exceptions import ClientError

LIBRARY = Path(__file__).parents[3] / "library"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, LIBRARY / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


keys, ptr = load("ec2_host_keys"), load("ec2_address_ptr")

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGgKk7jEPhNqTsbDmrfCMb3lIErMOLaf1PTTCfoY1IyY"
FRAME = "-----{} SSH HOST KEY KEYS-----"
CONSOLE = f"boot\n{FRAME.format('BEGIN')}\necdsa-sha2-nistp256 AAAA x\n{KEY} root@ip\n{FRAME.format('END')}\n"


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.mark.parametrize(
    ("console", "found"),
    [
        (CONSOLE, KEY),
        (CONSOLE.replace("\n", "\r\n[   12.3] cloud-init[501]: "), KEY),
        (CONSOLE.replace("END", "ENDE"), None),
        (CONSOLE.replace("KEY KEYS", "KEY FINGERPRINTS"), None),
        (f"{KEY}\n", None),
        ("", None),
    ],
)
def test_only_a_complete_block_of_the_console_is_believed(console, found):
    assert keys.key_in(console) == found


def test_a_host_that_prints_nothing_is_given_up_with_advice():
    client = SimpleNamespace(get_console_output=lambda **_: {})
    clock = Clock()
    with pytest.raises(keys.HostKeyError, match="run again"):
        keys.wait_for_key(client, "i-1", 60, clock, clock.sleep)
    assert clock.now <= 60


def test_other_hosts_lines_stay_and_an_old_key_of_the_host_goes():
    lines = ["# ours", "192.0.2.1 ssh-ed25519 OLD", "192.0.2.9,b.example ssh-ed25519 OTHER"]
    merged = keys.merged(lines, [(["192.0.2.1", "a.example"], KEY)])
    assert merged == ["# ours", lines[2], f"192.0.2.1,a.example {KEY}"]
    assert keys.merged(merged, [(["a.example"], None)]) == ["# ours", lines[2]]


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        ({}, "other"),
        ({"PtrRecord": "mx1.example.com."}, "published"),
        ({"PtrRecord": "MX1.example.com"}, "published"),
        ({"PtrRecord": "old.example.com."}, "other"),
        ({"PtrRecordUpdate": {"Value": "mx1.example.com.", "Status": "PENDING"}}, "pending"),
        ({"PtrRecordUpdate": {"Value": "mx1.example.com.", "Status": "FAILED"}}, "failed"),
        ({"PtrRecord": "mx1.example.com.", "PtrRecordUpdate": {"Value": "x.", "Status": "PENDING"}}, "other"),
    ],
)
def test_what_ec2_says_of_a_ptr_is_understood(entry, state):
    assert ptr.state_of(entry, "mx1.example.com") == state


def refusal(code):
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "ModifyAddressAttribute")


def test_a_name_that_ec2_cannot_resolve_yet_is_asked_for_again():
    answers = [refusal("InvalidParameterValue"), refusal("InvalidParameterValue"), None]

    def modify(**_):
        if error := answers.pop(0):
            raise error

    clock = Clock()
    ptr.Setter(SimpleNamespace(modify_address_attribute=modify), 60, clock, clock.sleep).request("a", "n")
    assert answers == []


@pytest.mark.parametrize("code", ["InvalidParameterValue", "UnauthorizedOperation"])
def test_a_lasting_refusal_ends_the_run_in_time(code):
    def modify(**_):
        raise refusal(code)

    clock = Clock()
    setter = ptr.Setter(SimpleNamespace(modify_address_attribute=modify), 60, clock, clock.sleep)
    with pytest.raises(ClientError):
        setter.request("a", "n")
    assert clock.now <= 60
