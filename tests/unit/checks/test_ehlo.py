"""Names that PTR and A records bear out, or not."""

import pytest

from boringmail.checks.authority import Authority
from boringmail.checks.ehlo import check_ehlo, first_word
from boringmail.checks.result import Check, Status
from tests.unit.checks import scripted_dns as script

HOST, ADDRESS = "mx1.desk.example.com", "203.0.113.100"
ALL_RIGHT = {"banner": HOST, "EHLO": HOST, "mail out": HOST}


def look(spoken: dict[str, str], replace: tuple[str, str] = ("", ""), silent: str = "") -> Check:
    servers = {
        address: {origin: text.replace(*replace) if replace[0] else text for origin, text in zones.items()}
        for address, zones in script.world().items()
    }
    network = script.Network(servers)
    network.silent.add(silent)
    return check_ehlo(Authority(network.exchange, [script.RECURSIVE]), HOST, ADDRESS, spoken)


def test_one_name_everywhere_passes() -> None:
    check = look(ALL_RIGHT)
    assert (check.key, check.status) == ("ehlo", Status.PASS)
    assert check.found == f"{HOST} in banner, EHLO, mail out"


@pytest.mark.parametrize("place", list(ALL_RIGHT))
def test_another_name_fails_for_itself_and_says_where(place: str) -> None:
    check = look({**ALL_RIGHT, place: "ip-10-20-1-10.ec2.internal"})
    assert (check.status, check.symptoms) == (Status.FAIL, ())
    assert f"{place}: ip-10-20-1-10.ec2.internal" in check.found
    assert "--tags postfix" in check.repair


@pytest.mark.parametrize(
    "broken",
    [("PTR mx1.desk", "PTR mx9.desk"), ("mx1.desk 300 IN A 203.0.113.100", "mx1.desk 300 IN A 203.0.113.9")],
)
def test_a_record_that_differs_is_left_to_its_own_line(broken: tuple[str, str]) -> None:
    check = look(ALL_RIGHT, broken)
    assert (check.status, check.symptoms, check.repair) == (Status.FAIL, ("address",), "")


def test_silent_servers_are_temporary() -> None:
    check = look(ALL_RIGHT, silent=script.COM)
    assert (check.status, check.symptoms) == (Status.TEMPERROR, ("unanswered",))


@pytest.mark.parametrize(
    ("words", "name"), [("MX1.desk.example.com. ESMTP", HOST), ("", ""), ("  mail  hello", "mail")]
)
def test_the_name_stands_first(words: str, name: str) -> None:
    assert first_word(words) == name
