"""What certbot's words mean here, and what to do about it. Pure: text in, sentences out.

The words are those of certbot 4 and its Route 53 plug-in (`dns_route53.py`), of botocore, and of Let's
Encrypt and Pebble with the error types of RFC 8555 6.7.
"""

import re
from dataclasses import dataclass
from datetime import datetime

LOG = "/var/log/letsencrypt/letsencrypt.log"
_STAYS = "The certificate that was in use stays in use."
_GIST_CHARACTERS = 500


@dataclass(frozen=True)
class _Fault:
    """Certbot's words, and the sentence for them: it may hold groups of the pattern, `server` and `now`."""

    pattern: str
    sentence: str


# The first that matches counts: what is particular stands before what is general.
_FAULTS = (
    _Fault(
        r"Unable to locate credentials",
        "This host has no AWS credentials: the metadata service gave none. Attach the instance profile"
        " (provision.yml does) and let root reach 169.254.169.254.",
    ),
    _Fault(
        r"\((?:AccessDenied|InvalidClientTokenId|SignatureDoesNotMatch|ExpiredToken)\w*\)"
        r" when calling the (\w+)",
        "AWS refuses route53:{0}. The instance profile may write the _acme-challenge records of the names"
        " that provision.yml knew: run provision.yml --tags aws_iam.",
    ),
    _Fault(
        r"Unable to find a Route53 hosted zone for (\S+)",
        "The account has no public hosted zone for {0}: correct mail_dns_zone or certificate_names, and run"
        " provision.yml.",
    ),
    _Fault(
        r"Could not connect to the endpoint URL: \"?([^\"\s]+)",
        "AWS cannot be reached at {0}: check the route, name resolution and outgoing 443.",
    ),
    _Fault(
        r"retry after ([0-9]{4}-[0-9-]+[ T][0-9:]+(?: ?UTC|Z)?)",
        "The rate limit of {server} is reached; it takes the next order after {0}. Wait until then, and find"
        " out what orders so many (https://letsencrypt.org/docs/rate-limits/); for tests there is its"
        " staging directory.",
    ),
    _Fault(
        r"[Tt]oo many (?:certificates|failed|new orders|registrations|requests)|rateLimited|[Rr]ate limit",
        "The rate limit of {server} is reached. Wait some hours, and find out what orders so many"
        " (https://letsencrypt.org/docs/rate-limits/); for tests there is its staging directory.",
    ),
    _Fault(
        r"\bCAA\b",
        "A CAA record forbids {server} to issue for these names. Add to the zone, where the CAA records are"
        ' that count (dig CAA, from the host\'s name upwards): CAA 0 issue "letsencrypt.org", or what your'
        " CA asks for.",
    ),
    _Fault(
        r"certificate is not yet valid|certificate has expired",
        "The certificate of {server} itself does not hold at this host's time, {now:%Y-%m-%d %H:%M} UTC. If"
        " that is not the time, set the clock: chronyc tracking says what is wrong with it.",
    ),
    _Fault(
        r"CERTIFICATE_VERIFY_FAILED|certificate verify failed",
        "This host does not trust the HTTPS certificate of {server}: put its root into"
        " certificate_trusted_roots_pem.",
    ),
    _Fault(
        r"Failed to establish a new connection|Max retries exceeded|[Cc]onnection refused|timed out|"
        r"Name or service not known|name resolution|Connection reset|RemoteDisconnected|unreachable",
        "The ACME server {server} cannot be reached: check certificate_acme_directory_url, the route, name"
        " resolution and outgoing traffic to its port.",
    ),
    _Fault(
        r"invalid ?[cC]ontact|[Ii]nvalid email|unable to (?:validate|parse) email|contact email",
        "{server} does not take the address in certificate_acme_email: correct it, or leave it empty.",
    ),
    _Fault(
        r"externalAccountRequired|[Ee]xternal account binding",
        "{server} asks for an account made beforehand (external account binding), which this role does not"
        " do: name another directory in certificate_acme_directory_url.",
    ),
    _Fault(
        r"rejectedIdentifier|forbidden by policy|valid public suffix",
        "{server} does not issue for one of these names: correct mail_domain, or name the directory of a CA"
        " that does.",
    ),
    _Fault(
        r"NXDOMAIN|TXT record|SERVFAIL|DNS problem|acme:error:dns|Some challenges have failed",
        "{server} does not see the TXT record that was written to Route 53. Is the zone delegated to the"
        " name servers of that hosted zone (dig NS), and its DNSSEC in order? provision.yml --tags preflight"
        " looks.",
    ),
    _Fault(r"No space left on device", "The disk is full: make room (apt-get clean)."),
)
_NOISE = re.compile(
    r"Saving debug log|Ask for help|Some challenges have failed|See the logfile|- - -|Requesting a|"
    r"Renewing an|Hint:|To use certbot-dns|An unexpected error occurred|Account registered|\s*$"
)


def account_unknown(said: str) -> bool:
    """Tell whether the ACME server does not know our account (RFC 8555 6.7, accountDoesNotExist)."""
    return bool(re.search(r"accountDoesNotExist|account that does not exist|[Aa]ccount \S+ not found", said))


def at_work(said: str) -> bool:
    """Tell whether another certbot was at work."""
    return "Another instance of Certbot is already running" in said


def explanation(said: str, server: str, now: datetime) -> str:
    """Say what certbot's output means and what to do; `server` is the ACME directory's URL."""
    for fault in _FAULTS:
        found = re.search(fault.pattern, said)
        if found:
            sentence = fault.sentence.format(*found.groups(), server=server, now=now)
            return f"{sentence} {_STAYS} Certbot: {gist(said)}"
    return f"{server} issued no certificate. {_STAYS} See {LOG} on the host. Certbot: {gist(said)}"


def gist(said: str) -> str:
    """The lines that say what happened, as one."""
    lines = [line.strip() for line in said.splitlines() if not _NOISE.match(line)]
    return " ".join(lines)[-_GIST_CHARACTERS:] or "(nothing)"
