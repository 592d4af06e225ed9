"""What certbot's words mean: each kind of failure names its fix."""

import importlib
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent.parent.parent.parent / "roles/certificate/files/usr/local/lib/boringmail"
sys.path.insert(0, str(SCRIPTS))
faults = importlib.import_module("acme_faults")
sys.path.remove(str(SCRIPTS))

SERVER = "https://acme-v02.api.letsencrypt.org/directory"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


# As certbot prints them; the ACME server's part after "::" or "Detail:".
REFUSED_BY_AWS = (
    "An error occurred (AccessDenied) when calling the ChangeResourceRecordSets operation: User:"
    " arn:aws:sts::1:assumed-role/x is not authorized to perform: route53:ChangeResourceRecordSets"
)
NO_WAY_TO_AWS = (
    "botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL:"
    ' "https://route53.amazonaws.com/2013-04-01/hostedzone"'
)
FIVE_ALREADY = (
    "too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s,"
    " retry after 2026-11-25 10:11:12 UTC: see https://letsencrypt.org/docs/rate-limits/"
)
CAA = "Domain: mx1.example.com\n  Type:   caa\n  Detail: CAA record for example.com prevents issuance"
TOO_EARLY = (
    "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed:"
    " certificate is not yet valid (_ssl.c:1029)'))"
)
UNKNOWN_ROOT = (
    "Max retries exceeded with url: /dir (Caused by SSLError(SSLCertVerificationError(1, '[SSL:"
    " CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate')))"
)
REFUSED = (
    "Max retries exceeded with url: /dir (Caused by NewConnectionError('Failed to establish a new"
    " connection: [Errno 111] Connection refused'))"
)
NOT_DELEGATED = "Detail: DNS problem: NXDOMAIN looking up TXT for _acme-challenge.mx1.example.com"
POLICY = "The server will not issue certificates for the identifier :: Cannot issue: forbidden by policy"


@pytest.mark.parametrize(
    ("said", "fix"),
    [
        ("Unable to locate credentials\nTo use certbot-dns", "Attach the instance profile"),
        (REFUSED_BY_AWS, "AWS refuses route53:ChangeResourceRecordSets. The instance profile"),
        (
            "Unable to find a Route53 hosted zone for _acme-challenge.mx1.example.com",
            "no public hosted zone for _acme-challenge.mx1.example.com: correct mail_dns_zone",
        ),
        (NO_WAY_TO_AWS, "AWS cannot be reached at https://route53.amazonaws.com/"),
        (FIVE_ALREADY, "it takes the next order after 2026-11-25 10:11:12 UTC. Wait until then"),
        ("There were too many requests of a given type :: Rate limit for x", "Wait some hours"),
        (CAA, 'CAA 0 issue "letsencrypt.org"'),
        (TOO_EARLY, "at this host's time, 2026-11-24 09:00 UTC. If that is not the time, set the clock"),
        (UNKNOWN_ROOT, "certificate_trusted_roots_pem"),
        (REFUSED, f"The ACME server {SERVER} cannot be reached"),
        ("The contact email is not a valid e-mail address", "certificate_acme_email"),
        ("urn:ietf:params:acme:error:externalAccountRequired", "external account binding"),
        (POLICY, "does not issue for one of these names"),
        (NOT_DELEGATED, "Is the zone delegated to the name servers of that hosted zone"),
        ("OSError: [Errno 28] No space left on device", "make room"),
        ("something new", "See /var/log/letsencrypt/letsencrypt.log on the host. Certbot: something new"),
    ],
)
def test_each_failure_names_its_fix_and_what_stays(said, fix):
    text = faults.explanation(said, SERVER, NOW)
    assert fix in text
    assert "The certificate that was in use stays in use." in text


@pytest.mark.parametrize(
    "said",
    [
        "Account https://acme.lab.example:14000/my-account/1 not found.",
        "urn:ietf:params:acme:error:accountDoesNotExist :: The account is unknown",
        'Account "https://acme-v02.api.letsencrypt.org/acme/acct/1" not found',
    ],
)
def test_an_account_that_the_server_forgot_is_recognised(said):
    assert faults.account_unknown(said)


def test_braces_in_what_certbot_says_do_no_harm():
    assert "{}" in faults.explanation("connection refused {} {0} {server}", SERVER, NOW)


def test_the_gist_leaves_out_what_certbot_always_says():
    said = "Saving debug log to /var/log/x\nAn unexpected error occurred:\nIt broke.\nAsk for help or search"
    assert faults.gist(said) == "It broke."
