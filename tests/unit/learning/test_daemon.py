"""The daemon as a process: its settings and keys, the socket of systemd's, its end."""

import asyncio
import os
import signal
import socket
import subprocess
import sys

import pytest

from boringmail.learning import config as configuration
from boringmail.learning import main
from boringmail.learning.config import ConfigError
from boringmail.learning.listener import Listener
from tests.unit.learning.test_server import KEY, Client

KEY_TEXT = "whsec_a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="  # of KEY
OTHER_KEY_TEXT = "whsec_YW5vdGhlci1rZXktZm9yLXRoZS10ZXN0LW9mLXJvbGVz"
# As systemd does it: the daemon's own pid, and the socket as descriptor 3.
PASS_SOCKET = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "learn"}
command = [sys.executable, "-c", "from boringmail.learning.main import main; main()", *sys.argv[2:]]
os.execv(sys.executable, command)
"""


@pytest.fixture
def settings(tmp_path, certificate, controller):
    """Values of a configuration that works."""
    key = tmp_path / "key"
    key.write_text(KEY_TEXT)
    chain, chain_key = certificate
    return {
        "webhook_key_files": [str(key)],
        "certificate_file": str(chain),
        "certificate_key_file": str(chain_key),
        "controller_socket": str(controller.path),
    }


def written(tmp_path, settings):
    path = tmp_path / "learn.toml"
    path.write_text("".join(f"{name} = {value!r}\n" for name, value in settings.items()))
    return path


def check(path):
    command = [sys.executable, "-c", "from boringmail.learning.main import main; main()"]
    return subprocess.run(
        [*command, "--check-config", "--config", path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_configuration_that_works_is_found_good(tmp_path, settings):
    done = check(written(tmp_path, settings))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_wrong_one_is_refused_by_name(tmp_path, settings):
    done = check(written(tmp_path, settings | {"idle": 1}))
    assert done.returncode == main.EXIT_CONFIG
    assert "learn.toml: idle: unknown key" in done.stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"webhook_key_files": []}, "webhook_key_files"),
        ({"idle_seconds": 10}, "idle_seconds"),
        ({"read_seconds": 0}, "read_seconds"),
        ({"log_level": "loud"}, "log_level"),
        ({"listen": "8443"}, "listen"),
    ],
)
def test_an_impossible_value_is_refused_by_name(settings, change, words):
    with pytest.raises(ConfigError, match=rf"^x: {words}: "):
        configuration.from_values(settings | change, source="x")


def test_a_key_that_cannot_be_used_is_refused_and_not_shown(tmp_path, settings):
    broken = tmp_path / "broken"
    broken.write_text("whsec_no-base64!")
    config = configuration.from_values(
        settings | {"webhook_key_files": [str(tmp_path / "key"), str(broken)]}, source="x"
    )
    with pytest.raises(ConfigError, match=r"broken: webhook_key_files\[1\]") as caught:
        configuration.webhook_keys(config)
    assert "no-base64" not in str(caught.value)


def test_the_credentials_of_systemd_go_first(tmp_path, settings, certificate, monkeypatch):
    directory = tmp_path / "credentials"
    directory.mkdir()
    (directory / "webhook-key-0").write_text(OTHER_KEY_TEXT)
    for name, file in zip(("certificate", "certificate-key"), certificate, strict=True):
        (directory / name).write_bytes(file.read_bytes())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(directory))
    gone = {"certificate_file": "/nowhere", "certificate_key_file": "/nowhere"}
    config = configuration.from_values(settings | gone, source="x")
    assert configuration.webhook_keys(config) == (b"another-key-for-the-test-of-roles",)
    configuration.tls(config)


@pytest.mark.parametrize("name", ["certificate_file", "certificate_key_file"])
def test_a_certificate_that_cannot_be_used_is_refused_by_name(tmp_path, settings, name):
    (tmp_path / "text").write_text("no certificate")
    for value in ("/nowhere", str(tmp_path / "text")):
        config = configuration.from_values(settings | {name: value}, source="x")
        with pytest.raises(ConfigError, match=value):
            configuration.tls(config)


def test_it_serves_the_socket_of_systemds_and_ends_on_a_signal(tmp_path, settings, certificate, controller):
    path = written(tmp_path, settings)
    with socket.create_server(("127.0.0.1", 0)) as found:
        os.set_inheritable(found.fileno(), True)
        command = [sys.executable, "-c", PASS_SOCKET, str(found.fileno()), "--config", str(path)]
        with subprocess.Popen(
            command, pass_fds=[found.fileno()], stderr=subprocess.PIPE, text=True
        ) as daemon:
            try:
                status, _, body = asyncio.run(Client(found.getsockname(), certificate[0]).post(key=KEY))
            finally:
                daemon.send_signal(signal.SIGTERM)
                _, log = daemon.communicate(timeout=60)
    assert (status, body) == (200, {"result": "learned"})
    assert daemon.returncode == 0
    assert [line.split()[0] for line in log.splitlines()] == ["event=started", "event=learn", "event=stopped"]
    assert len(controller.taught) == 1


async def test_it_ends_by_itself_when_nobody_comes(settings, monkeypatch):
    monkeypatch.setattr(Listener, "idle_seconds", lambda _: 301.0)
    config = configuration.from_values(settings | {"idle_seconds": 300}, source="x")
    with socket.create_server(("127.0.0.1", 0)) as found:
        await main.serve(config, (KEY,), configuration.tls(config), found)
