"""Ways in which a gateway stops being believed: each breaks one thing and leaves the rest alone.

`undo` is for what no repair mends (AWS opens a port, a list removes an address), and for a test that failed.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lab.drive import aws
from lab.drive.lists import Lists
from lab.drive.mail_host import MailHost
from lab.drive.zone import HostedZone
from lab.plane import routing

DOMAIN = "desk.example.com"
ZONE = "example.com"
ELSEWHERE = "gateway.lab.example."
CLAIMS = f"_boringmail.{DOMAIN}"
TENANT = f"acme.{DOMAIN}"
LIST = "zen.lists.example"


@dataclass(frozen=True)
class Break:
    """One fault: what it is called, which check must name it, and words that its `found` must hold."""

    name: str
    key: str
    found: str
    do: Callable[[MailHost], None]
    undo: Callable[[MailHost], None]
    repaired: bool = True


def _nothing(_host: MailHost) -> None:
    """The repair puts it right; what a failed test leaves is mended by provision.yml and configure.yml."""


def _record(name: str, rdtype: str, change: Callable[[list[str]], list[str]]) -> Callable[[MailHost], None]:
    """Change the values of a record set in the hosted zone; no values left deletes it."""

    def do(_host: MailHost) -> None:
        zone = HostedZone(ZONE)
        zone.put(name, rdtype, change(zone.values(name, rdtype)))

    return do


def _replace(pattern: str, new: str | None) -> Callable[[list[str]], list[str]]:
    """Replace the values that match by `new`, or drop them; none matching is a fault of the test."""

    def change(values: list[str]) -> list[str]:
        assert any(re.search(pattern, value) for value in values), (pattern, values)
        kept = [value for value in values if not re.search(pattern, value)]
        return [*kept, *([new] if new else [])]

    return change


def _postfix_name(name: str) -> Callable[[MailHost], None]:
    def do(host: MailHost) -> None:
        for instance in ("in", "out"):
            host.run("postconf", "-c", f"/etc/postfix-{instance}", "-e", f"myhostname={name}")
            host.run("postfix", "-c", f"/etc/postfix-{instance}", "reload")

    return do


def _ptr(host: MailHost) -> None:
    """What an address has before anybody asks for a name: AWS's own."""
    ec2 = aws.ec2()
    (address,) = ec2.describe_addresses(PublicIps=[host.public_ip])["Addresses"]
    ec2.reset_address_attribute(AllocationId=address["AllocationId"], Attribute="domain-name")


def _other_key(host: MailHost) -> None:
    path = f"/var/lib/rspamd-dkim/{DOMAIN}.bm1.key"
    host.shell(
        f"openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out {path}.new"
        f" && chown root:_rspamd {path}.new && chmod 0440 {path}.new"
        f" && mv {path}.new {path} && systemctl reload rspamd"
    )


def _certificate(*names: str, ends: str) -> Callable[[MailHost], None]:
    """Put a certificate of one's own in place, with the key that is there, and let Postfix have it."""

    def do(host: MailHost) -> None:
        extension = ",".join(f"DNS:{name}" for name in names)
        host.shell(
            "openssl req -x509 -new -key /etc/ssl/boringmail/privkey.pem -subj /CN=broken"
            f" -not_before 20260101000000Z -not_after {ends} -addext subjectAltName={extension}"
            " -out /etc/ssl/boringmail/fullchain.pem"
            " && run-parts --exit-on-error /etc/boringmail/certificate-hooks.d"
        )

    return do


def _open_submission(host: MailHost) -> None:
    """Both walls: the security group, and the host's own firewall."""
    ec2 = aws.ec2()
    (reservation,) = ec2.describe_instances(InstanceIds=[host.instance_id])["Reservations"]
    group = reservation["Instances"][0]["SecurityGroups"][0]["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 587, "ToPort": 587, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ],
    )
    host.shell(
        "sed -i '0,/tcp dport/s//tcp dport 587 accept\\n        tcp dport/' /etc/nftables.conf"
        " && nft --check --file /etc/nftables.conf && systemctl reload nftables"
    )


def _blocked(*, blocked: bool) -> Callable[[MailHost], None]:
    def do(host: MailHost) -> None:
        routing.set_port_25_blocked(blocked=blocked)
        if not blocked:
            # Postfix does not try a receiver again at once that did not answer: a flush makes it.
            host.flush("out")

    return do


def _listed(host: MailHost) -> None:
    Lists().list(LIST, host.public_ip)


def _unlisted(host: MailHost) -> None:
    Lists().unlist(LIST, host.public_ip)


def _resolver_down(host: MailHost) -> None:
    host.run("systemctl", "stop", "unbound")


def _not_ours(_host: MailHost) -> None:
    """Somebody else's record where ours belongs, and our claim to it gone (docs/adr/0004)."""
    zone = HostedZone(ZONE)
    zone.put(f"submit.{DOMAIN}", "A", ["10.20.200.200"])
    claims = zone.values(CLAIMS, "TXT")
    zone.put(CLAIMS, "TXT", [claim for claim in claims if "submit" not in claim])


# In two strings, each shorter than 256 bytes (RFC 1035 3.3).
_SIX = " ".join(f"a:{host}.lab.example" for host in ("gateway", "resolver", "controller") * 2)
_OVER_TEN = f'"v=spf1 {_SIX} " "{_SIX}'

BREAKS = (
    Break("PTR", "ptr", "amazonaws.com", _ptr, _nothing),
    Break("EHLO unlike PTR", "ehlo", "other.desk.example.com", _postfix_name(f"other.{DOMAIN}"), _nothing),
    Break("SPF", "spf", "-all", _record(f"*.{DOMAIN}", "TXT", _replace("v=spf1", '"v=spf1 -all"')), _nothing),
    Break(
        "SPF over ten look-ups",
        "spf",
        "1",
        _record(f"*.{DOMAIN}", "TXT", _replace("v=spf1", f'{_OVER_TEN} a:mx1.{DOMAIN} -all"')),
        _nothing,
    ),
    Break(
        "DKIM record",
        "dkim_record",
        "",
        _record(f"bm1._domainkey.{DOMAIN}", "TXT", lambda _: ['"v=DKIM1; k=rsa; p="']),
        _nothing,
    ),
    Break("DKIM key", "dkim_key", "", _other_key, _nothing),
    Break("DMARC", "dmarc", "", _record(f"*.{DOMAIN}", "TXT", _replace("v=DMARC1", None)), _nothing),
    Break(
        "MX",
        "records",
        ELSEWHERE.rstrip("."),
        _record(f"*.{DOMAIN}", "MX", lambda _: [f"10 {ELSEWHERE}"]),
        _nothing,
    ),
    Break(
        "masked tenant name",
        "tenant_names",
        "acme",
        _record(TENANT, "A", lambda _: ["203.0.113.1"]),
        _nothing,
    ),
    Break(
        "certificate expired",
        "certificate",
        "2026",
        _certificate(f"mx1.{DOMAIN}", f"submit.{DOMAIN}", ends="20260201000000Z"),
        _nothing,
    ),
    Break(
        "certificate with a wrong name",
        "certificate",
        "",
        _certificate("other.example.com", ends="20300101000000Z"),
        _nothing,
    ),
    Break("587 open to the world", "submission_closed", "587", _open_submission, _nothing),
    Break(
        "port 25 out blocked",
        "port_25_out",
        "",
        _blocked(blocked=True),
        _blocked(blocked=False),
        repaired=False,
    ),
    Break("our address listed", "blocklists", LIST, _listed, _unlisted, repaired=False),
    Break("unbound down", "resolver", "", _resolver_down, _nothing),
    Break("record not ours", "records", "10.20.200.200", _not_ours, _nothing),
)


@contextmanager
def zone_tidied() -> Iterator[None]:
    """Afterwards the zone has our claims again, and nothing of a tenant's name that a repair rightly left."""
    zone = HostedZone(ZONE)
    claims = zone.values(CLAIMS, "TXT")
    yield
    zone.put(CLAIMS, "TXT", claims)
    for name, rdtype in ((TENANT, "A"), (TENANT, "MX"), (TENANT, "TXT"), (f"_dmarc.{TENANT}", "TXT")):
        zone.put(name, rdtype, [])


@contextmanager
def lists_answer_errors() -> Iterator[None]:
    """Each list answers everything with 127.255.255.254, as Spamhaus answers public resolvers."""
    lists = Lists()
    try:
        for zone in (LIST, "bl.lists.example"):
            lists.mode(zone, "error")
        yield
    finally:
        lists.reset()
