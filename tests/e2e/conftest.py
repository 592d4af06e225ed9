"""A gateway that was built by site.yml in the lab; built here when there is none yet.

Run with the lab up: `make e2e`. The order of the files is set below: what only looks goes first, what reboots
hosts or takes the lab down goes last.
"""

import subprocess
import sys

import pytest
import yaml

from lab import paths
from lab.drive.app import App
from lab.drive.mail_host import MailHost, NoMailHost, mail_host
from lab.drive.namespace import ControlError
from lab.drive.provider import Provider
from lab.drive.secrets import Secrets, hand_over, secrets
from tests.e2e.bodies import assert_valid

ORDER = (
    "test_lab_volumes",
    "test_lab_providers",
    "test_bad_input",
    "test_lab_services",
    "test_mail",
    "test_judged_mail",
    "test_learn",
    "test_network",
    "test_door",
    "test_smuggling",
    "test_app_faults",
    "test_big_mail",
    "test_recipients",
    "test_backscatter",
    "test_loop",
    "test_answers",
    "test_valkey_faults",
    "test_dns_faults",
    "test_rspamd_faults",
    "test_secrets",
    "test_second_run",
    "test_verify",
    "test_reboot",
    "test_teardown",
    "test_instance_policy",
    "test_release",
    "test_owner_policy",
    "test_lab_lifecycle",
)
BUILD_SECONDS = 900


def pytest_collection_modifyitems(items):
    rank = {name: number for number, name in enumerate(ORDER)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(ORDER) - 1))


@pytest.fixture(scope="session")
def values():
    """The owner's values of the lab's inventory."""
    return yaml.safe_load((paths.CHECKOUT / "inventories/lab/group_vars/all/main.yml").read_text())


def _usable(host: MailHost) -> bool:
    return host.run("systemctl", "is-active", "dovecot.service", check=False).strip() == "active"


def _python(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=paths.CHECKOUT,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        pytest.exit(f"{' '.join(arguments)} failed:\n{(done.stdout + done.stderr)[-4000:]}", returncode=1)


@pytest.fixture(scope="session")
def built():
    """The lab with a configured gateway."""
    try:
        App().received()
        Provider().seen(text="-")
        if _usable(mail_host()):
            return
    except (ControlError, NoMailHost, FileNotFoundError):
        pass
    _python("-m", "lab", "up")
    _python("-m", "lab.demo")


@pytest.fixture
def host(built) -> MailHost:
    return mail_host()


@pytest.fixture(scope="session")
def provider(built) -> Provider:
    return Provider()


@pytest.fixture(scope="session")
def planted(built, values) -> Secrets:
    """The secrets, as they are in Parameter Store; the app has them too."""
    found = secrets(values["mail_domain"])
    hand_over(App(), found)
    return found


@pytest.fixture
def app(planted, provider):
    """The app, well-behaved before and after; every body that it got is held against the shipped schema."""
    app = App()
    app.behave("ok")
    before = app.last_number()
    yield app
    app.behave("ok")
    assert_valid(app, before)
