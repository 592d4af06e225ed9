"""A gateway that asks the application about recipients, for as long as a test wants it.

The lab's gateway does not, because other tests that put the application down expect their mail to be taken.
What is put in place is what the roles render when `app_recipients_url` is set, from their own templates: to
run the roles themselves, there and back, takes most of a minute.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jinja2
import yaml

from lab import paths
from lab.drive.mail_host import MailHost

ROLES = paths.CHECKOUT / "roles"
URL = "http://app.example.com:8080/boringmail/recipients"
MAIN_CF = "/etc/postfix-in/main.cf"
UNITS = ("boringmail-policy.socket", "boringmail-policy.service")
_BLOCK = re.compile(r"{% if postfix_inbound_policy_socket %}\n(.*?){% endif %}\n", re.DOTALL)
_BEFORE = "policy_context=recipients }\n"


@contextmanager
def asking(host: MailHost, *, answers_hold_seconds: int | None = None, **settings: str) -> Iterator[None]:
    """Have the app asked at RCPT; `settings` are Postfix's, for the same time.

    `answers_hold_seconds` is for mailboxes that exist; None is what is shipped.
    """
    before = host.run("cat", MAIN_CF)
    told = {} if answers_hold_seconds is None else {"exists_seconds": answers_hold_seconds}
    try:
        for path, text in _files(told).items():
            _write(host, path, text)
        _write(host, MAIN_CF, before.replace(_BEFORE, _BEFORE + _restriction()))
        for name, value in settings.items():
            host.run("postconf", "-c", "/etc/postfix-in", "-e", f"{name}={value}")
        host.shell(f"systemctl daemon-reload && systemctl restart {' '.join(UNITS)}")
        host.run("postfix", "-c", "/etc/postfix-in", "reload")
        yield
    finally:
        _write(host, MAIN_CF, before)
        host.run("postfix", "-c", "/etc/postfix-in", "reload")
        host.shell(
            f"systemctl stop {' '.join(UNITS)}; cd /etc/systemd/system && rm -f {' '.join(UNITS)}"
            " /etc/boringmail/policy.toml /run/boringmail/policy.sock; systemctl daemon-reload"
        )


def _files(told: dict[str, Any]) -> dict[str, str]:
    role = ROLES / "boringmail"
    values = yaml.safe_load((role / "defaults/main.yml").read_text())
    values |= yaml.safe_load((role / "vars/main.yml").read_text())
    values["ansible_managed"] = "Ansible managed"
    values["__boringmail_routes_with_keys"] = []
    values["boringmail_policy_settings"] = told
    values["__boringmail_policy_toml"] = {
        "mail_domain": "desk.example.com",
        "recipients_url": URL,
        "webhook_key_file": f"{values['boringmail_credentials_directory']}/inbound-webhook-key",
    }
    units = {f"/etc/systemd/system/{unit}": f"etc/systemd/system/{unit}.j2" for unit in UNITS}
    wanted = {"/etc/boringmail/policy.toml": "etc/boringmail/policy.toml.j2", **units}
    return {path: _rendered(role / "templates" / name, values) for path, name in wanted.items()}


def _rendered(template: Path, values: dict[str, Any]) -> str:
    environment = jinja2.Environment(trim_blocks=True, keep_trailing_newline=True)  # noqa: S701 - no HTML
    environment.filters |= {"to_json": json.dumps, "combine": lambda one, other: one | other}
    return environment.from_string(template.read_text()).render(values)


def _restriction() -> str:
    """What the role adds to main.cf."""
    (block,) = _BLOCK.findall((ROLES / "postfix/templates/etc/postfix-in/main.cf.j2").read_text())
    return str(block).replace("{{ postfix_inbound_policy_socket }}", "/run/boringmail/policy.sock")


def _write(host: MailHost, path: str, text: str) -> None:
    host.run("sh", "-c", f"cat > {path}", stdin=text)
