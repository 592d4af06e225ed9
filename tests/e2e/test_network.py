"""Who can reach which port: proved by the network, from where an attacker or an app would stand."""

import socket

import pytest

from lab import layout
from lab.containers import podman
from lab.drive.namespace import Reach, connect, reach

INTERNET, APP = layout.INTERNET.namespace, layout.APP_SERVER.namespace


@pytest.mark.parametrize("port", [22, 465, 587])
@pytest.mark.parametrize("source", [layout.PROVIDER, layout.RESOLVER])
def test_the_internet_gets_no_answer_on_submission_and_ssh(host, port, source):
    assert reach(INTERNET, (host.public_ip, port), source=source, seconds=2) is Reach.SILENT


@pytest.mark.parametrize("source", [layout.PROVIDER, layout.RESOLVER])
def test_port_25_is_open_from_anywhere(host, source):
    with connect(INTERNET, (host.public_ip, 25), source=source) as sock:
        assert sock.recv(100).startswith(b"220")


def test_ssh_is_open_from_the_admin_range(host):
    # The controller stands outside every namespace of the lab.
    with socket.create_connection((host.public_ip, 22), timeout=5) as sock:
        assert sock.recv(20).startswith(b"SSH-2.0")


@pytest.mark.parametrize("port", [465, 587])
def test_submission_is_open_from_the_app_subnet_by_its_name(built, port):
    code = f"import socket; socket.create_connection(('submit.desk.example.com', {port}), 5)"
    podman(["exec", APP, "python3", "-c", code])


def test_the_submission_name_is_the_private_address(host):
    code = "import socket; print(socket.gethostbyname('submit.desk.example.com'))"
    assert podman(["exec", APP, "python3", "-c", code]).strip() == host.private_ip


def test_the_app_subnet_gets_no_ssh(host):
    assert reach(APP, (host.private_ip, 22), seconds=2) is Reach.SILENT


@pytest.mark.parametrize("port", [443, 3142, 4190, 8080, 11332])
def test_no_other_port_answers_the_internet(host, port):
    """443 is let through by the security group for later use; nothing listens there yet."""
    assert reach(INTERNET, (host.public_ip, port), source=layout.PROVIDER, seconds=2) is not Reach.OPEN
