"""The walk from the root to the servers that know."""

import pytest

from boringmail.checks import wire
from boringmail.checks.authority import Authority, UnansweredError
from tests.unit.checks import scripted_dns as script


def walker(network: script.Network) -> Authority:
    return Authority(network.exchange, [script.RECURSIVE])


def test_walks_from_the_root_to_every_server_of_the_zone() -> None:
    network = script.Network(script.world())
    answers = walker(network).ask_all("mx1.desk.example.com", "A")
    assert [(answer.server, answer.values) for answer in answers] == [
        (script.HOST_A, ("203.0.113.100",)),
        (script.HOST_B, ("203.0.113.100",)),
    ]


def test_walks_only_once_per_zone() -> None:
    network = script.Network(script.world())
    authority = walker(network)
    authority.ask_all("mx1.desk.example.com", "A")
    network.asked.clear()
    authority.ask_all("mx1.desk.example.com", "TXT")
    assert {server for server, _, _ in network.asked} == {script.HOST_A, script.HOST_B}


def test_given_authoritative_servers_are_asked_without_a_walk() -> None:
    network = script.Network(script.world())
    answers = Authority(network.exchange, [], [script.HOST_B]).ask_all("mx1.desk.example.com", "A")
    assert [answer.server for answer in answers] == [script.HOST_B]
    assert len(network.asked) == 1


def test_joins_the_strings_of_a_txt_record() -> None:
    answer = walker(script.Network(script.world())).ask("mx1.desk.example.com", "TXT")
    assert "v=spf1 ip4:203.0.113.100 -all" in answer.values


def test_follows_a_cname_as_reverse_zones_delegate_by() -> None:
    answer = walker(script.Network(script.world())).ask("100.113.0.203.in-addr.arpa", "PTR")
    assert answer.values == ("mx1.desk.example.com",)


def test_tells_a_missing_name_from_a_missing_record() -> None:
    authority = walker(script.Network(script.world()))
    assert not authority.ask("nowhere.example.com", "A").exists
    assert authority.ask("mx1.desk.example.com", "MX").exists


def test_one_silent_server_does_not_matter_and_is_asked_once() -> None:
    network = script.Network(script.world())
    network.silent.add(script.HOST_A)
    authority = walker(network)
    for rdtype in ("A", "TXT", "MX"):
        assert [answer.server for answer in authority.ask_all("mx1.desk.example.com", rdtype)] == [
            script.HOST_B
        ]
    assert sum(server == script.HOST_A for server, _, _ in network.asked) == 1


@pytest.mark.parametrize("address", [script.RECURSIVE, script.ROOT, script.COM, script.HOST_A])
def test_says_who_did_not_answer(address: str) -> None:
    network = script.Network(script.world())
    network.silent |= {address, script.HOST_B}
    with pytest.raises(UnansweredError, match=address):
        walker(network).ask_all("mx1.desk.example.com", "A")


def test_says_who_refused() -> None:
    network = script.Network(script.world())
    network.refusing |= {script.HOST_A, script.HOST_B}
    with pytest.raises(UnansweredError, match=r"192\.0\.2\.53: REFUSED"):
        walker(network).ask_all("mx1.desk.example.com", "A")


def test_a_lame_server_is_passed_over_and_two_are_told() -> None:
    network = script.Network(script.world())
    network.lame.add(script.HOST_A)
    assert walker(network).ask("mx1.desk.example.com", "TXT").server == script.HOST_B
    network.lame.add(script.HOST_B)
    with pytest.raises(UnansweredError, match=r"192\.0\.2\.53"):
        walker(network).ask("mx1.desk.example.com", "TXT")


def test_a_cache_is_no_authority() -> None:
    network = script.Network(script.world())
    network.lame.add(script.HOST_A)
    with pytest.raises(UnansweredError, match="not authoritative"):
        Authority(network.exchange, [], [script.HOST_A]).ask("mx1.desk.example.com", "A")


def test_servers_whose_names_have_no_address_are_named() -> None:
    servers = script.world()
    servers[script.COM]["com."] = (
        "@ 60 IN SOA a. b. 1 1 1 1 1\n@ 60 IN NS ns.com.\nexample 60 IN NS gone.net."
    )
    with pytest.raises(UnansweredError, match=r"gone\.net"):
        walker(script.Network(servers)).ask_all("mx1.desk.example.com", "A")


@pytest.mark.parametrize(
    ("rdtype", "value", "plain"),
    [
        ("A", "192.0.2.1", "192.0.2.1"),
        ("MX", "10 MX1.Example.com.", "10 mx1.example.com"),
        ("MX", "10 mx1.example.com", "10 mx1.example.com"),
        ("TXT", '"v=spf1 " "-all"', "v=spf1 -all"),
        ("TXT", "v=DMARC1; p=none", "v=DMARC1; p=none"),
    ],
)
def test_inventory_values_get_the_form_of_wire_values(rdtype: str, value: str, plain: str) -> None:
    assert wire.normal(rdtype, value) == plain
