"""The host is named, closed, on time, and keeps what it logs."""

from collections.abc import Iterator

import pytest

ADMIN, APP, STRANGER = "198.51.100.1", "198.51.100.200", "192.0.2.9"
HOST = "198.51.100.254"
LISTEN = "systemd-run --unit=listen-{port} --property=Type=exec python3 -m http.server {port}"
UNTIL_IT_LISTENS = "timeout 20 sh -c 'until ss -Hltn sport = :{port} | grep -q .; do sleep 0.05; done'"
PORTS = (22, 25, 443, 465, 587, 8080)
# Prints the ports that answer; all are tried at once, since a closed one is silent.
KNOCK = """
import socket, sys
from concurrent.futures import ThreadPoolExecutor
source, host, *ports = sys.argv[1:]
def answers(port):
    try:
        socket.create_connection((host, int(port)), 2, (source, 0)).close()
    except OSError:
        return False
    return True
with ThreadPoolExecutor(len(ports)) as pool:
    print(*(port for port, answer in zip(ports, pool.map(answers, ports)) if answer))
"""
IMDS_AS = (
    "setpriv --reuid={user} --clear-groups python3 -c "
    "'import socket; s = socket.socket(); s.settimeout(2); print(s.connect_ex((\"169.254.169.254\", 80)))'"
)
REFUSED = 111


@pytest.fixture(scope="module")
def neighbours(host) -> Iterator[None]:
    """A network next to the host, with an admin, an app server and a stranger, and listeners on the host."""
    host.run_expect(
        [0],
        "ip netns add peer && ip link add peer0 type veth peer name eth0 netns peer"
        f" && ip addr add {HOST}/24 dev peer0 && ip link set peer0 up && ip route add {STRANGER} dev peer0"
        f" && ip -n peer addr add {ADMIN}/24 dev eth0 && ip -n peer addr add {APP}/24 dev eth0"
        f" && ip -n peer addr add {STRANGER}/32 dev eth0 && ip -n peer link set eth0 up",
    )
    ports = [port for port in PORTS if port != 22]
    for port in ports:
        host.run_expect([0], LISTEN.format(port=port))
    for port in ports:
        host.run_expect([0], UNTIL_IT_LISTENS.format(port=port))
    yield
    host.run(f"systemctl stop {' '.join(f'listen-{port}' for port in ports)}; ip netns del peer")


def open_to(host, source: str) -> set[int]:
    """The ports that answer a neighbour."""
    ports = " ".join(map(str, PORTS))
    knock = f"ip netns exec peer python3 -c '{KNOCK}' {source} {HOST} {ports}"
    return {int(port) for port in host.check_output(knock).split()}


@pytest.mark.usefixtures("neighbours")
@pytest.mark.parametrize(
    ("source", "open_ports"),
    [(ADMIN, {22, 25, 443}), (APP, {25, 443, 465, 587}), (STRANGER, {25, 443})],
    ids=["admin", "app", "stranger"],
)
def test_each_neighbour_reaches_its_own_ports(host, source, open_ports):
    assert open_to(host, source) == open_ports


def test_credentials_of_the_instance_are_roots_alone(host):
    assert host.check_output(IMDS_AS.format(user="nobody")) == str(REFUSED)
    assert host.check_output(IMDS_AS.format(user="root")) != str(REFUSED)


def test_a_reload_of_the_firewall_leaves_the_tables_of_others(host):
    host.run_expect([0], "systemctl reload nftables.service")
    tables = host.check_output("nft list tables").splitlines()
    assert tables == ["table inet banned", "table inet boringmail"]


def test_the_host_knows_its_full_name(host):
    assert host.check_output("hostname --fqdn") == "mx1.desk.example.com"
    assert host.check_output("hostname") == "mx1"


def test_ssh_takes_keys_only_whatever_the_image_said(host):
    effective = host.check_output("sshd -T").splitlines()
    wanted = {"passwordauthentication no", "kbdinteractiveauthentication no", "permitrootlogin no"}
    assert wanted <= set(effective)


def test_the_time_comes_by_address(host):
    sources = [
        line.split()[:2]
        for line in host.check_output("chronyd -p").splitlines()
        if line.startswith(("server", "pool", "sourcedir"))
    ]
    assert sources == [["server", "169.254.169.123"]]
    assert host.service("chrony").is_enabled


def test_the_journal_drops_no_line_of_a_burst(host):
    lines = 20_000
    host.run_expect([0], f"systemd-run --quiet --wait --unit=burst seq {lines}")
    host.run_expect([0], "journalctl --sync")
    kept = host.check_output("journalctl --unit=burst.service --output=cat _TRANSPORT=stdout | wc -l")
    assert int(kept) == lines


def test_the_journal_outlives_a_reboot(host):
    assert host.check_output("journalctl --directory=/var/log/journal --lines=1 --output=cat")


def test_kernel_settings_break_nothing_where_they_are_refused(host):
    assert host.run("systemctl is-failed systemd-sysctl.service").stdout.strip() != "failed"


def test_a_mirror_that_fails_is_an_error(host):
    dead = "-o Acquire::http::Proxy=http://127.0.0.1:9 -o Acquire::Retries=0"
    assert host.run(f"apt-get {dead} update").rc != 0


def test_security_upgrades_come_by_themselves(host):
    settings = host.check_output("apt-config dump")
    assert 'APT::Periodic::Unattended-Upgrade "1"' in settings
    assert 'Unattended-Upgrade::Automatic-Reboot "false"' in settings
    assert host.service("apt-daily-upgrade.timer").is_enabled
