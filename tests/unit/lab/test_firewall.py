"""The router's rule set: who may reach whom, as text and, where nft is at hand, as nft understands it."""

import shutil
import subprocess
from dataclasses import replace

import pytest

from lab import layout
from lab.plane.firewall import generate, port_25_elements
from lab.plane.state import ElasticIp, Instance, Rule, Snapshot

ANYWHERE = ("0.0.0.0/0",)
MX1 = Instance(
    "i-1", "mx1", "running", "t3.small", "ami-1", "10.20.1.4", "10.20.1.0/24", "", "", ("sg-mail",), (), None
)  # fmt: skip
MX2 = replace(MX1, instance_id="i-2", private_ip="10.20.1.5")
EVERYTHING_OUT = Rule("sg-mail", "egress", "-1", None, None, (*ANYWHERE, "::/0"), ())
SMTP_IN = Rule("sg-mail", "ingress", "tcp", 25, 25, ANYWHERE, ())
SUBMISSION_IN = Rule("sg-mail", "ingress", "tcp", 587, 587, ("10.20.2.0/24",), ())
SSH_IN = Rule("sg-mail", "ingress", "tcp", 22, 22, ("203.0.113.250/32",), ())
RULES = (EVERYTHING_OUT, SMTP_IN, SUBMISSION_IN, SSH_IN)
SNAPSHOT = Snapshot((MX1, MX2), (ElasticIp("203.0.113.100", "10.20.1.4", None),), RULES)


def chain(structure: str, name: str) -> list[str]:
    lines = iter(structure.splitlines())
    for line in lines:
        if line.strip() == f"chain {name} {{":
            return [inner.strip() for inner in iter(lambda: next(lines), "  }")]
    raise AssertionError(f"no chain {name}")


def test_a_security_group_becomes_the_rules_of_its_instance():
    assert chain(generate(SNAPSHOT).structure, "ingress_i_1") == [
        "ip saddr 10.20.0.0/16 ct status dnat goto hairpin_i_1",
        "tcp dport 25 accept",
        "ip saddr 10.20.2.0/24 tcp dport 587 accept",
        "ip saddr 203.0.113.250/32 tcp dport 22 accept",
        "drop",
    ]


def test_by_its_elastic_ip_an_instance_is_reached_from_the_vpc_as_a_stranger_reaches_it():
    hairpin = chain(generate(SNAPSHOT).structure, "hairpin_i_1")
    assert hairpin == ["ip saddr @has_public tcp dport 25 accept", "drop"]


def test_a_rule_for_one_public_address_holds_for_the_host_behind_it():
    rule = Rule("sg-mail", "ingress", "tcp", 8080, 8080, (f"{layout.NAT_GATEWAY}/32",), ())
    hairpin = chain(generate(replace(SNAPSHOT, rules=(rule,))).structure, "hairpin_i_1")
    assert hairpin == [f"ip saddr {layout.APP} tcp dport 8080 accept", "drop"]


def test_an_instance_without_egress_rules_reaches_nothing():
    snapshot = replace(SNAPSHOT, rules=(SMTP_IN,))
    assert chain(generate(snapshot).structure, "egress_i_1") == ["drop"]


def test_ipv6_ranges_are_left_out():
    assert "::" not in generate(SNAPSHOT).structure


def test_a_source_group_stands_for_the_addresses_of_its_members():
    rule = Rule("sg-mail", "ingress", "tcp", 6379, 6380, (), ("sg-mail",))
    ingress = chain(generate(replace(SNAPSHOT, rules=(rule,))).structure, "ingress_i_1")
    assert "ip saddr 10.20.1.5 tcp dport 6379-6380 accept" in ingress


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Rule("sg-mail", "ingress", "-1", None, None, ANYWHERE, ()), "accept"),
        (Rule("sg-mail", "ingress", "udp", 53, 53, ANYWHERE, ()), "udp dport 53 accept"),
        (Rule("sg-mail", "ingress", "6", 25, 25, ANYWHERE, ()), "tcp dport 25 accept"),
        (Rule("sg-mail", "ingress", "icmp", 8, -1, ANYWHERE, ()), "icmp type 8 accept"),
        (Rule("sg-mail", "ingress", "icmp", -1, -1, ANYWHERE, ()), "ip protocol icmp accept"),
        (Rule("sg-mail", "ingress", "tcp", None, None, ANYWHERE, ()), "ip protocol tcp accept"),
    ],
)
def test_protocols_and_ports_are_matched_as_ec2_means_them(rule, text):
    assert text in chain(generate(replace(SNAPSHOT, rules=(rule,))).structure, "ingress_i_1")


def test_moving_an_elastic_ip_changes_elements_only():
    moved = replace(SNAPSHOT, elastic_ips=(ElasticIp("203.0.113.100", "10.20.1.5", None),))
    before, after = generate(SNAPSHOT), generate(moved)
    assert before.structure == after.structure
    assert "private_of { 203.0.113.100 : 10.20.1.4 }" in before.elements
    assert "private_of { 203.0.113.100 : 10.20.1.5 }" in after.elements


def test_a_terminated_instance_has_no_chain_though_its_address_is_used_again():
    snapshot = replace(SNAPSHOT, instances=(replace(MX2, private_ip="10.20.1.4", state="terminated"), MX1))
    assert "i_2" not in generate(snapshot).structure


def test_nothing_but_the_doors_leads_to_the_controller():
    forward = chain(generate(Snapshot()).structure, "forward")
    to_controller = [line for line in forward if 'oifname "controller"' in line]
    assert to_controller == [
        'oifname "controller" ip daddr 203.0.113.250 tcp dport { 13142, 4566 } accept',
        'oifname "controller" ip daddr 203.0.113.250 icmp type echo-request accept',
        'oifname "controller" reject with icmp admin-prohibited',
    ]


def test_what_no_rule_allows_is_dropped():
    structure = generate(Snapshot()).structure
    assert "type filter hook forward priority filter; policy drop;" in structure
    assert "type filter hook input priority filter; policy drop;" in structure


def test_port_25_is_blocked_for_the_vpc_and_not_for_the_test_hosts():
    assert "10.20.0.0-10.20.8.255" in port_25_elements(blocked=True)
    assert "add" not in port_25_elements(blocked=False)


@pytest.mark.skipif(shutil.which("nft") is None, reason="nft is installed with the lab's packages")
@pytest.mark.parametrize("snapshot", [Snapshot(), SNAPSHOT])
def test_nft_accepts_the_rule_set(snapshot):
    rules = generate(snapshot)
    script = rules.structure + rules.elements + port_25_elements(blocked=True)
    # A user namespace of its own gives the check a kernel to ask, without touching this machine's rules.
    done = subprocess.run(
        ["unshare", "--map-root-user", "--net", "nft", "--check", "--file", "-"],
        input=script, capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    if "unshare failed" in done.stderr:
        pytest.skip("this machine gives no user namespaces")
    assert done.returncode == 0, done.stderr
