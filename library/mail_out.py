#!/usr/bin/python
"""Mails out: handed in as the app does it, followed in the log to the receiver's answer, and awaited back."""

DOCUMENTATION = r"""
---
module: mail_out
short_description: Send mails through submission and see what becomes of them
description:
  - Sends up to three mails at a time. One to a mailbox elsewhere, which shows that a receiver takes it; one
    to an address of our own, which shows that it is signed; one to an address that answers with what it saw.
  - Logs in with the app's own credential. It reads that from a file on the host, so Ansible never sees it.
  - Follows each queue id in Postfix's log until the mail is sent, deferred or bounced, and asks
    C(boringmail probe show) for what comes back.
  - Runs on the mail host as root, with the Python in C(/opt/boringmail).
  - Sends in check mode too, and changes nothing else. Bad news does not fail the module.
options:
  host_name: {description: The host's name in the checks., type: str, required: true}
  submission_host:
    description: The name that the app uses; the certificate has to be good for it.
    type: str
    required: true
  submission_port: {description: Its port., type: int, default: 587}
  user: {description: The app's SASL user., type: str, default: app}
  credential_file: {description: File on the host with that user's password., type: path, required: true}
  ca_file:
    description: Certificates to trust for submission. Empty trusts what the system trusts.
    type: path
  mail_domain:
    description: The gateway's domain; answers to the mail go to a probe address below it.
    type: str
    required: true
  recipient: {description: A mailbox elsewhere that accepts mail. Empty sends none., type: str, default: ""}
  answering_address:
    description: An address elsewhere that answers each mail with what it found. Empty sends none.
    type: str
    default: ""
  dkim_selector:
    description: The selector that our signature has to have. Empty sends no mail to ourselves.
    type: str
    default: ""
  command: {description: The command line., type: path, default: /opt/boringmail/current/bin/boringmail}
  log_file: {description: The log of the outbound instance., type: path, default: /var/log/postfix/out.log}
  wait_seconds: {description: How long to wait for each answer., type: int, default: 30}
author: boringmail
attributes:
  check_mode: {support: full, description: Sends in check mode too.}
"""

EXAMPLES = r"""
- name: Send mails out
  mail_out:
    host_name: mx1.desk.example.com
    submission_host: submit.desk.example.com
    credential_file: /etc/boringmail/credentials/submission-app-password
    mail_domain: desk.example.com
    recipient: echo@mailbox.example
    answering_address: echo@bigmail.example
    dkim_selector: bm1
  vars:
    ansible_python_interpreter: /opt/boringmail/current/bin/python
"""

RETURN = r"""
checks:
  description: One entry for each mail; C(found) has the receiver's reply.
  returned: always
  type: list
  elements: dict
  sample: [{name: mail out of mx1, key: mail_out, status: pass, expected: "...", found: "4dGB: sent by mx"}]
"""

import secrets
import ssl
import subprocess
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from boringmail.checks import letter, mail_in, mail_out, maillog, mails, smtp
from boringmail.checks.result import Check, guarded

OPTIONS = {
    "host_name": {"type": "str", "required": True},
    "submission_host": {"type": "str", "required": True},
    "submission_port": {"type": "int", "default": 587},
    "user": {"type": "str", "default": "app"},
    "credential_file": {"type": "path", "required": True},
    "ca_file": {"type": "path"},
    "mail_domain": {"type": "str", "required": True},
    "recipient": {"type": "str", "default": ""},
    "answering_address": {"type": "str", "default": ""},
    "dkim_selector": {"type": "str", "default": ""},
    "command": {"type": "path", "default": "/opt/boringmail/current/bin/boringmail"},
    "log_file": {"type": "path", "default": "/var/log/postfix/out.log"},
    "wait_seconds": {"type": "int", "default": 30},
}


def send(given: Mapping[str, Any], title: str, recipient: str, token: str) -> Check:
    """Bind the real clock, log and socket to one mail."""
    submission = mail_out.Submission(
        host=given["submission_host"],
        port=given["submission_port"],
        sender=letter.probe_address(token, given["mail_domain"]),
        recipient=recipient,
    )
    answered = recipient == given["answering_address"]
    text = letter.write(submission.sender, recipient, token, datetime.now(UTC), answered=answered)
    tail = maillog.Tail(Path(given["log_file"]))

    def submit() -> str:
        password = Path(given["credential_file"]).read_text(encoding="utf-8").strip()
        context = ssl.create_default_context(cafile=given["ca_file"] or None)
        session = smtp.connect(submission.host, submission.port)
        return mail_out.submit_over(session, context, smtp.Login(given["user"], password), submission, text)

    def follow(queue_id: str) -> maillog.Delivery | None:
        return maillog.follow(
            tail.read_lines,
            lambda delivery: delivery.queue_id == queue_id,
            seconds=given["wait_seconds"],
            monotonic=time.monotonic,
            sleep=time.sleep,
        )

    return mail_out.check_mail_out(title, submission, submit, follow, seconds=given["wait_seconds"])


def receive(given: Mapping[str, Any], end: float, token: str) -> Mapping[str, Any] | None:
    """What the daemon recorded, once it has; `end` is when to stop waiting."""
    seconds = max(end - time.monotonic(), 1.0)
    command = [given["command"], "probe", "show", token, "--wait", f"{seconds:.1f}", "--json"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 20)
    return mail_in.read_record(shown.stdout) if shown.returncode == 0 else None


def look(given: Mapping[str, Any]) -> list[Check]:
    """All mails at a time."""
    title = f"mail out of {given['host_name']}"
    credential = Path(given["credential_file"])
    if not credential.is_file():
        return [mail_out.no_credential(title, credential)]
    plan = mails.Plan(
        host_name=given["host_name"],
        domain=given["mail_domain"],
        selector=given["dkim_selector"],
        mailbox=given["recipient"],
        answering=given["answering_address"],
        own_address=lambda token: letter.probe_address(token, given["mail_domain"]),
    )
    return mails.check_mails(
        plan,
        partial(send, given, title),
        partial(receive, given, time.monotonic() + given["wait_seconds"]),
        lambda: secrets.token_hex(8),
        given["wait_seconds"],
    )


def main() -> None:
    """Declare and run."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    checks = guarded(f"mail out of {module.params['host_name']}", lambda: look(module.params), "mail_out")
    module.exit_json(changed=False, checks=[check.as_dict() for check in checks])


if __name__ == "__main__":
    main()
