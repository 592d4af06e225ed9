"""The scripted DNS of a gateway where everything is right; a test changes a line of it."""

from boringmail.checks.authority import Authority
from tests.unit.checks import scripted_dns as script

DOMAIN, LABEL, ADDRESS = "desk.example.com", "tenant-1f", "203.0.113.100"
SPF, HELO_SPF, DMARC = "v=spf1 a:mx1.desk.example.com -all", "v=spf1 a -all", "v=DMARC1; p=none"
KEY = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDBM3jrYEj1+V4ReRoG3RbbWaKXyJWku5Ye9Hhwa/QDYOH3qiMRzZPvn7HRIrlR"
    "GHIRMyKREUYRBA2zBminmXUBd2m/IQmIjzk2PIApzZDPE/MgJQ0kCeZFHHZnHyye9nLACfZuSsIC30q5adJqsoR2zWVFOtzakQ8O"
    "N/TEC5Z+xQIDAQAB"
)
ZONE = f"""
@ 60 IN SOA a. b. 1 1 1 1 1
@ 60 IN NS ns1.dns.net.
mx1.desk 300 IN A {ADDRESS}
mx1.desk 300 IN TXT "{HELO_SPF}"
*.desk 300 IN MX 10 mx1.desk.example.com.
*.desk 300 IN TXT "{SPF}"
*.desk 300 IN TXT "{DMARC}"
_dmarc.desk 300 IN TXT "{DMARC}"
_boringmail.desk 300 IN TXT "v=boringmail1 MX *.desk.example.com"
bm1._domainkey.desk 300 IN TXT "v=DKIM1; k=rsa; p={KEY[:100]}" "{KEY[100:]}"
"""


def authority(
    *changes: tuple[str, str], second: str = "", silent: bool = False, leave: str = ""
) -> Authority:
    """With pieces of the zone replaced on both servers, or by another zone on the second one.

    `leave`: what reports.com says of our reports to it.
    """
    zone = ZONE
    for old, new in changes:
        assert old in zone or not old
        zone = zone.replace(old, new) if old else zone + new + "\n"
    servers = script.world()
    servers[script.HOST_A]["example.com."] = zone
    servers[script.HOST_B]["example.com."] = second or zone
    if leave:
        report = f"desk.example.com._report._dmarc.reports 300 IN TXT {leave}\n"
        servers[script.COM]["com."] = script.COM_ZONE + report
    network = script.Network(servers)
    if silent:
        network.silent |= {script.HOST_A, script.HOST_B}
    return Authority(network.exchange, [script.RECURSIVE])
