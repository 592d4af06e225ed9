"""The host resolves by itself, validates, serves nobody else, and stays pinned to its resolver."""

import re
from collections.abc import Iterator

import pytest

DHCLIENT_RUN = """
set -e
mkdir -p /tmp/dhclient && cd /tmp/dhclient
cat >script <<'EOF'
make_resolv_conf() { echo "nameserver 10.20.0.2" >/etc/resolv.conf; }
for hook in /etc/dhcp/dhclient-enter-hooks.d/*; do . "$hook"; done
make_resolv_conf
EOF
sh script
"""

DHCPCD_RUN = """
set -e
skip_hooks=""
[ ! -e /etc/dhcpcd.enter-hook ] || . /etc/dhcpcd.enter-hook
case " $skip_hooks " in
  *" resolv.conf "*) ;;
  *) echo "nameserver 10.20.0.2" >/etc/resolv.conf ;;
esac
"""


# A resolver that lies about one name of the signed root and tells the truth about the rest.
FORGED = "192.0.2.66"
FORGER = f"""
server:
    interface: {{address}}
    access-control: 0.0.0.0/0 allow
    username: ""
    chroot: ""
    pidfile: /tmp/forger.pid
    use-syslog: no
    module-config: iterator
    root-hints: /etc/unbound/root.hints
    local-zone: "root-servers.net" transparent
    local-data: "a.root-servers.net A {FORGED}"
remote-control:
    control-enable: no
"""


@pytest.fixture
def forger(host) -> Iterator[str]:
    address = host.check_output("hostname -I").split()[0]
    configuration = FORGER.format(address=address)
    host.run_expect([0], f"cat >/tmp/forger.conf <<'EOF'{configuration}EOF")
    host.run_expect([0], "unbound -c /tmp/forger.conf")
    yield address
    host.run_expect([0], "kill $(cat /tmp/forger.pid)")


def dig(host, question: str) -> str:
    return host.check_output(f"dig +tries=1 +time=5 {question}")


def nameservers(host) -> list[str]:
    return re.findall(r"^nameserver\s+(\S+)", host.check_output("cat /etc/resolv.conf"), re.MULTILINE)


def test_a_signed_answer_is_validated(host):
    answer = dig(host, "+dnssec . SOA")
    assert "status: NOERROR" in answer
    assert re.search(r"flags:[^;]*\bad\b", answer), answer


def test_a_forged_answer_is_refused(host, forger):
    host.run_expect([0], f"unbound-control forward_add . {forger} && unbound-control flush_zone .")
    try:
        assert FORGED in dig(host, "+cd +short a.root-servers.net A"), "the forger is asked"
        assert "status: SERVFAIL" in dig(host, "a.root-servers.net A")
    finally:
        host.run_expect([0], "unbound-control forward_remove . && unbound-control flush_zone .")


def test_reverse_names_of_the_network_around_are_asked_for(host):
    assert dig(host, "+short -x 203.0.113.25").strip() == "mail.mailbox.example."


def test_programs_see_that_an_answer_was_validated(host):
    assert "trust-ad" in host.check_output("cat /etc/resolv.conf")


def test_it_serves_the_loopback_address_alone(host):
    listeners = host.check_output("ss --listening --numeric --tcp --udp --no-header 'sport = :53'")
    addresses = {line.split()[4] for line in listeners.splitlines()}
    assert addresses == {"127.0.0.1:53"}
    own = host.check_output("hostname -I").split()[0]
    assert host.run(f"dig +tries=1 +time=1 @{own} . SOA").rc != 0


@pytest.mark.parametrize("client", [DHCLIENT_RUN, DHCPCD_RUN], ids=["dhclient", "dhcpcd"])
def test_a_renewed_lease_does_not_bring_another_resolver(host, client):
    host.run_expect([0], client)
    assert nameservers(host) == ["127.0.0.1"]


def test_resolved_cannot_come_back(host):
    host.run("systemctl start systemd-resolved.service")
    assert not host.service("systemd-resolved").is_running
    assert nameservers(host) == ["127.0.0.1"]


def test_it_comes_back_after_a_kill(host):
    host.run_expect([0], "systemctl kill --signal=KILL unbound.service")
    host.run_expect([0], "timeout 20 sh -c 'until dig +short +tries=1 +time=1 . SOA | grep -q .; do :; done'")
