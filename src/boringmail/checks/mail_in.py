"""A probe mail in, as the world sends it: MX looked up, port 25 of its address, was it recorded."""

import json
import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from boringmail.checks import smtp
from boringmail.checks.authority import Authority, UnansweredError
from boringmail.checks.causes import UNANSWERED, Key
from boringmail.checks.maillog import Delivery
from boringmail.checks.records import UNREACHABLE_HINT
from boringmail.checks.result import Check, Status

PORT = 25
OWN_NETWORK_HINT = (
    "this controller's own network seems to block port 25 (most homes and clouds do), which says nothing "
    "about the gateway: run playbooks/verify.yml from elsewhere, or accept it by verify_temperror_fails=false"
)


@dataclass(frozen=True)
class Target:
    """The mail exchanger under test: its name as MX records give it, and the address it must have."""

    host_name: str
    address: str
    domain: str


def find_exchanger(authority: Authority, title: str, target: Target) -> Check | None:
    """None when a sender would be led to the host under test; otherwise the check that says where to."""
    expected = f"MX of {target.domain} leads to {target.host_name} at {target.address}"
    try:
        exchangers = [value.split()[-1] for value in authority.ask(target.domain, "MX").values]
        if target.host_name.lower() not in exchangers:
            found = ", ".join(exchangers) or "no MX record"
            hint = "mend the MX record (its own line says how)"
            return Check(title, Status.FAIL, expected, found, hint, Key.MAIL_IN, symptoms=("misled",))
        addresses = authority.ask(target.host_name, "A").values
    except UnansweredError as error:
        return Check(
            title,
            Status.TEMPERROR,
            expected,
            str(error),
            UNREACHABLE_HINT,
            Key.MAIL_IN,
            symptoms=(UNANSWERED,),
        )
    if target.address not in addresses:
        hint = "mend the A record (its own line says how)"
        found = ", ".join(addresses) or "no address"
        return Check(title, Status.FAIL, expected, found, hint, Key.MAIL_IN, symptoms=("misled",))
    return None


def port_reachable(authority: Authority, domain: str, connects: Callable[[str, int], bool]) -> bool:
    """Whether port 25 of another domain's first mail exchanger can be reached from here."""
    try:
        exchangers = sorted(authority.ask(domain, "MX").values, key=lambda value: int(value.split()[0]))
        addresses = authority.ask(exchangers[0].split()[-1], "A").values if exchangers else ()
    except UnansweredError:
        return False
    return any(connects(address, PORT) for address in addresses[:1])


def check_send(
    title: str, target: Target, deliver: Callable[[], str], control: Callable[[], bool] | None
) -> Check:
    """`deliver` gives the reply to the probe; `control` tells whether port 25 can be reached elsewhere."""
    expected = f"{target.host_name} ({target.address}) accepts a mail on port {PORT}"
    try:
        return Check(title, Status.PASS, expected, deliver())
    except smtp.RefusedError as error:
        hint = "on the host:\ntail /var/log/postfix/in.log"
        status = Status.TEMPERROR if error.temporary else Status.FAIL
        return Check(title, status, expected, str(error), hint)
    except OSError as error:
        return _unreached(title, expected, error, control)


def _unreached(title: str, expected: str, error: OSError, control: Callable[[], bool] | None) -> Check:
    refused = isinstance(error, ConnectionRefusedError)
    elsewhere = control() if control else None
    if elsewhere is False or (elsewhere is None and not refused):
        return Check(title, Status.TEMPERROR, expected, f"port {PORT}: {error}", OWN_NETWORK_HINT)
    hint = (
        "see that the security group lets port 25 in from anywhere (playbooks/provision.yml does) and, on "
        "the host:\nsystemctl status postfix@in"
    )
    return Check(title, Status.FAIL, expected, f"port {PORT}: {error}", hint)


def deliver_over(session: smtplib.SMTP, recipient: str, letter: bytes) -> str:
    """Send the probe with an empty envelope sender, so that nothing can bounce (RFC 5321 4.5.5)."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # opportunistic, as between mail servers (RFC 7435)
    try:
        smtp.start_tls(session, context, required=False)
        return smtp.send(session, "", recipient, letter)
    finally:
        session.close()


def judge_record(
    title: str, token: str, record: Mapping[str, object] | None, last: Delivery | None, seconds: float
) -> Check:
    """`record` is what the daemon noted of the probe; `last` the newest word of Postfix' log on it."""
    expected = f"probe {token} is recorded by boringmail-inbound"
    if record is not None:
        return Check(title, Status.PASS, expected, f"recorded: {_facts(record)}")
    found = f"not recorded within {seconds:g} s"
    if last is not None:
        found += f"; Postfix: {last.status}: {last.words}"
    hint = (
        f"on the host:\ngrep {token} /var/log/postfix/in.log\n"
        "systemctl status boringmail-inbound.socket boringmail-inbound\npostqueue -c /etc/postfix-in -p"
    )
    return Check(title, Status.FAIL, expected, found, hint)


def read_record(output: str) -> Mapping[str, object] | None:
    """The daemon's note out of `boringmail probe show --json`; None when it is no JSON object."""
    try:
        record = json.loads(output)
    except ValueError:
        return None
    return record if isinstance(record, dict) and record else None


def _facts(record: Mapping[str, object]) -> str:
    plain = {
        key: value for key, value in record.items() if isinstance(value, str | int | float) and value != ""
    }
    return ", ".join(f"{key}={value}" for key, value in plain.items()) or "yes"
