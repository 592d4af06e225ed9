"""The way out, open or closed, by what happens on connecting to receivers."""

import pytest

from boringmail.checks.mail_out import PORT_25_HINT
from boringmail.checks.port_25_out import check_port_25_out
from boringmail.checks.result import Check, Status
from tests.unit.checks.scripted_resolver import SERVFAIL, Resolver

WORLD = {
    "a.example MX": ["20 backup.a.example.", "10 mail.a.example."],
    "mail.a.example A": ["192.0.2.25"],
    "b.example A": ["192.0.2.26"],
    "dead.example MX": SERVFAIL,
    "bare.example MX": ["10 nowhere.example."],
}
BLOCKED = TimeoutError("timed out")


def look(domains: list[str], *faults: tuple[str, OSError]) -> Check:
    def connect(address: str) -> None:
        if error := dict(faults).get(address):
            raise error

    return check_port_25_out("out", domains, Resolver(WORLD).recursive(), connect)


def test_one_receiver_that_answers_is_enough() -> None:
    check = look(["a.example", "b.example", "dead.example"], ("192.0.2.26", BLOCKED))
    assert (check.key, check.status) == ("port_25_out", Status.PASS)
    assert check.found == "mail.a.example[192.0.2.25]:25 answers"


def test_a_refusal_shows_that_the_way_is_open() -> None:
    assert look(["b.example"], ("192.0.2.26", ConnectionRefusedError("refused"))).status is Status.PASS


@pytest.mark.parametrize("error", [BLOCKED, OSError("No route to host")])
def test_silence_everywhere_is_the_block_of_ec2_and_has_no_command_that_mends_it(error: OSError) -> None:
    check = look(["a.example", "b.example"], ("192.0.2.25", error), ("192.0.2.26", error))
    assert (check.status, check.hint, check.repair) == (Status.FAIL, PORT_25_HINT, "")
    assert f"mail.a.example[192.0.2.25]:25: {error}" in check.found


@pytest.mark.parametrize("domain", ["dead.example", "bare.example"])
def test_receivers_that_cannot_be_found_tell_nothing(domain: str) -> None:
    assert look([domain]).status is Status.TEMPERROR
