#!/usr/bin/python
"""A mail out: handed in as the app does it, and followed in the log to the receiver's answer."""

DOCUMENTATION = r"""
---
module: mail_out
short_description: Send a mail through submission and follow it to the receiver's answer
description:
  - Logs in with the app's own credential. It reads that from a file on the host, so Ansible never sees it.
  - Follows the queue id in Postfix's log until the mail is sent, deferred or bounced.
  - Runs on the mail host as root, with the Python in C(/opt/boringmail).
  - Sends one mail each time, in check mode too, and changes nothing else. Bad news does not fail the module.
options:
  title: {description: The check's name in the table., type: str, default: mail out}
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
  recipient: {description: A mailbox that accepts mail., type: str, required: true}
  log_file: {description: The log of the outbound instance., type: path, default: /var/log/postfix/out.log}
  wait_seconds: {description: How long to wait for the receiver's answer., type: int, default: 30}
author: boringmail
attributes:
  check_mode: {support: full, description: Sends in check mode too.}
"""

EXAMPLES = r"""
- name: Send a mail out
  mail_out:
    submission_host: submit.desk.example.com
    credential_file: /etc/boringmail/credentials/submission-app-password
    mail_domain: desk.example.com
    recipient: echo@mailbox.example
  vars:
    ansible_python_interpreter: /opt/boringmail/current/bin/python
"""

RETURN = r"""
checks:
  description: One entry; C(found) has the receiver's reply.
  returned: always
  type: list
  elements: dict
  sample: [{name: mail out, status: pass, expected: "...", found: "4dGB: sent by mx.example", hint: ""}]
"""

import secrets
import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from boringmail.checks import letter, mail_out, maillog, smtp
from boringmail.checks.result import Check, guarded

OPTIONS = {
    "title": {"type": "str", "default": "mail out"},
    "submission_host": {"type": "str", "required": True},
    "submission_port": {"type": "int", "default": 587},
    "user": {"type": "str", "default": "app"},
    "credential_file": {"type": "path", "required": True},
    "ca_file": {"type": "path"},
    "mail_domain": {"type": "str", "required": True},
    "recipient": {"type": "str", "required": True},
    "log_file": {"type": "path", "default": "/var/log/postfix/out.log"},
    "wait_seconds": {"type": "int", "default": 30},
}


def look(given: Mapping[str, Any]) -> list[Check]:
    """Bind the real clock, files and sockets to the check."""
    credential = Path(given["credential_file"])
    token = secrets.token_hex(8)
    submission = mail_out.Submission(
        host=given["submission_host"],
        port=given["submission_port"],
        sender=letter.probe_address(token, given["mail_domain"]),
        recipient=given["recipient"],
    )
    text = letter.write(submission.sender, submission.recipient, token, datetime.now(UTC))
    tail = maillog.Tail(Path(given["log_file"]))
    seconds = given["wait_seconds"]

    def submit() -> str:
        login = smtp.Login(given["user"], credential.read_text(encoding="utf-8").strip())
        context = ssl.create_default_context(cafile=given["ca_file"] or None)
        session = smtp.connect(submission.host, submission.port)
        return mail_out.submit_over(session, context, login, submission, text)

    wait = partial(
        maillog.follow, tail.read_lines, seconds=seconds, monotonic=time.monotonic, sleep=time.sleep
    )
    title = given["title"]
    if not credential.is_file():
        return [mail_out.no_credential(title, credential)]
    return [
        mail_out.check_mail_out(
            title,
            submission,
            submit,
            lambda queue_id: wait(lambda d: d.queue_id == queue_id),
            seconds=seconds,
        )
    ]


def main() -> None:
    """Declare and run."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    checks = guarded(module.params["title"], lambda: look(module.params))
    module.exit_json(changed=False, checks=[check.as_dict() for check in checks])


if __name__ == "__main__":
    main()
