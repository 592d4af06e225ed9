"""Forward-confirmed reverse DNS of a sending address (RFC 8601 2.7.3 calls it iprev)."""

import dns.reversename

from boringmail.checks.authority import Authority, UnansweredError
from boringmail.checks.records import UNREACHABLE_HINT
from boringmail.checks.result import Check, Status


def check_ptr(authority: Authority, address: str, host_name: str) -> Check:
    """The address's PTR record has to be the EHLO name, and that name has to lead back to the address."""
    title = f"PTR {address}"
    expected = f"{host_name}, which has the address {address}"
    try:
        names = authority.ask(str(dns.reversename.from_address(address)), "PTR").values
        confirmed = bool(names) and address in authority.ask(host_name, "A").values
    except UnansweredError as error:
        return Check(title, Status.TEMPERROR, expected, str(error), UNREACHABLE_HINT)
    if names == (host_name.lower().rstrip("."),):
        if confirmed:
            return Check(title, Status.PASS, expected, expected)
        hint = f"run playbooks/provision.yml, or publish:\n{host_name}. 300 IN A {address}"
        return Check(title, Status.FAIL, expected, f"{host_name}, which has another address", hint)
    hint = (
        "run playbooks/provision.yml, or set the address's reverse name (once its A record stands):\n"
        f"aws ec2 modify-address-attribute --allocation-id ALLOCATION --domain-name {host_name}"
    )
    return Check(title, Status.FAIL, expected, ", ".join(names) or "no PTR record", hint)
