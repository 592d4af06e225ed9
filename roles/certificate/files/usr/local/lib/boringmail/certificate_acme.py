"""Keeps the certificate that an ACME server (RFC 8555) issues for this host, by certbot and Route 53.

Without arguments it is what each run of the playbook does: it looks at certbot's certificate, has a new one
issued when that one does not hold, and puts it where the services read it. It prints one line for each thing
it changed, asks nobody when nothing is due, and exits with 1 and a sentence that names the fix when no
certificate could be had; what was in use then stays in use. With --install it only puts certbot's certificate
in place: a renewal's last step.

Settings: /etc/boringmail/certificate-acme.toml. Runs on Debian's Python, with the libraries of its certbot.
"""

import argparse
import configparser
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from acme_faults import account_unknown, at_work, explanation
from certificate_pair import Pair, put, read

SETTINGS = Path("/etc/boringmail/certificate-acme.toml")
CERTBOT = Path("/etc/letsencrypt")
NAME = "boringmail"
IN_USE = Path("/etc/ssl/boringmail")
# The memory of certificate-hooks.
TOLD = Path("/var/lib/boringmail-certificate/told")
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
STAND_IN = ("/bin/sh", "/usr/local/lib/boringmail/certificate-self-signed")
# The plug-in alone waits ten minutes for Route 53 to publish a record.
ISSUE_SECONDS = 900
AT_WORK_SECONDS = 120
AT_WORK_PAUSE_SECONDS = 5


class NotIssuedError(Exception):
    """There is no certificate to be had; the text names the fix."""


@dataclass(frozen=True)
class Settings:
    """What certificate-acme.toml says."""

    names: list[str]
    key_group: str
    directory_url: str
    email: str
    aws_endpoint_url: str


def why_issue(pair: Pair | None, issued_by: str, settings: Settings, now: datetime) -> str:
    """Say why certbot's certificate will not do, or nothing; `issued_by` is the directory it came from."""
    if pair is None:
        return "there was none"
    # Certbot's timer renews with a third left; with less than a quarter it has not been able to for a week.
    due = pair.ends - (pair.ends - pair.begins) / 4
    reasons = (
        (pair.names != set(settings.names), f"the old one was for {' '.join(sorted(pair.names))}"),
        (issued_by != settings.directory_url, f"the old one came from {issued_by}"),
        (not pair.is_p256, "the old key was not ECDSA P-256"),
        (now > due, f"the old one ends on {pair.ends:%Y-%m-%d}"),
        (not trusted(), "this host does not trust the old one's issuer"),
    )
    return next((reason for applies, reason in reasons if applies), "")


def live() -> Path:
    """Where certbot keeps its newest certificate."""
    return CERTBOT / "live" / NAME


def trusted() -> bool:
    """Tell whether certbot's certificate leads to a root of this host's."""
    chain = str(live() / "fullchain.pem")
    command = ["openssl", "verify", "-CAfile", TRUSTED, "-no-CApath", "-purpose", "sslserver"]
    done = subprocess.run([*command, "-untrusted", chain, chain], capture_output=True, check=False)
    return done.returncode == 0


def issued_by() -> str:
    """Read from certbot's settings which directory its certificate came from."""
    try:
        # Certbot's file has options before its first section.
        text = "[top]\n" + (CERTBOT / "renewal" / f"{NAME}.conf").read_text()
        settings = configparser.ConfigParser(interpolation=None)
        settings.read_string(text)
        return settings["renewalparams"]["server"]
    except (OSError, KeyError, configparser.Error):
        return "nowhere"


def command(settings: Settings, pair: Pair | None) -> list[str]:
    """Return certbot's command line."""
    contact = ["--email", settings.email] if settings.email else ["--register-unsafely-without-email"]
    # A key that is right is kept, over renewals too: what pins it (TLSA 3 1 1) goes on matching.
    key = ["--new-key"] if pair is not None and not pair.is_p256 else []
    names = [item for name in settings.names for item in ("--domain", name)]
    return [
        *("certbot", "certonly", "--non-interactive", "--agree-tos", "--no-eff-email", *contact),
        *("--cert-name", NAME, *names, "--renew-with-new-domains", "--force-renewal"),
        *("--server", settings.directory_url, "--break-my-certs"),
        *("--dns-route53", "--key-type", "ecdsa", "--elliptic-curve", "secp256r1", "--reuse-key", *key),
        # Who called announces the certificate, once it is in place.
        "--no-directory-hooks",
    ]


def aws_environment(settings: Settings) -> dict[str, str]:
    """Return what botocore reads; certbot.service has the same."""
    # Route 53 is one for all regions, yet botocore wants one named when the URL is not AWS's own.
    region = {"AWS_DEFAULT_REGION": "us-east-1"}
    return region | ({"AWS_ENDPOINT_URL": settings.aws_endpoint_url} if settings.aws_endpoint_url else {})


def issue(settings: Settings, pair: Pair | None) -> None:
    """Have a certificate issued. Raises NotIssuedError."""
    if pair is None:
        _set_aside(*(CERTBOT / kind / NAME for kind in ("live", "archive")), CERTBOT / f"renewal/{NAME}.conf")
    environment = os.environ | aws_environment(settings)
    deadline = time.monotonic() + AT_WORK_SECONDS
    knows_us = True
    while True:
        said = _run(command(settings, pair), environment)
        if said is None:
            return
        if at_work(said) and time.monotonic() < deadline:
            time.sleep(AT_WORK_PAUSE_SECONDS)
        elif account_unknown(said) and knows_us:
            # A server that was remade, or one that forgets: we introduce ourselves again.
            knows_us = False
            server = urlsplit(settings.directory_url)
            _set_aside(CERTBOT / "accounts" / f"{server.netloc}{server.path}")
        else:
            raise NotIssuedError(explanation(said, settings.directory_url, datetime.now(UTC)))


def _run(arguments: list[str], environment: dict[str, str]) -> str | None:
    """Run certbot; return what it said when it failed."""
    try:
        done = subprocess.run(
            arguments, env=environment, capture_output=True, text=True, timeout=ISSUE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"certbot did not end within {ISSUE_SECONDS} s"
    return None if done.returncode == 0 else done.stdout + done.stderr


def _set_aside(*paths: Path) -> None:
    """Move what certbot cannot use out of its way, and delete nothing: there may be a key in it."""
    aside = CERTBOT / "set-aside" / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S.%f}"
    for path in paths:
        if path.exists():
            target = aside / path.relative_to(CERTBOT)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.rename(target)


def install(settings: Settings) -> Iterator[str]:
    """Put certbot's certificate in place and yield what changed. Raises NotIssuedError."""
    pair = read(live() / "fullchain.pem", live() / "privkey.pem")
    if pair is None:
        raise NotIssuedError(
            f"{live()} holds no certificate with its key: run configure.yml --tags certificate."
        )
    if read(IN_USE / "fullchain.pem", IN_USE / "privkey.pem") != pair:
        # Services may hold what stood there in between, though they were told of this one before.
        TOLD.unlink(missing_ok=True)
    if put(IN_USE, pair, settings.key_group):
        yield f"installed the certificate that ends on {pair.ends:%Y-%m-%d}"


def have(settings: Settings) -> Iterator[str]:
    """Do what each run does, and yield what changed. Raises NotIssuedError."""
    pair = read(live() / "fullchain.pem", live() / "privkey.pem")
    reason = why_issue(pair, issued_by(), settings, datetime.now(UTC))
    if reason:
        if read(IN_USE / "fullchain.pem", IN_USE / "privkey.pem") is None:
            # Postfix and Dovecot do not start without one.
            done = subprocess.run(STAND_IN, check=True, capture_output=True, text=True)
            yield from (f"{line}, to stand in" for line in done.stdout.splitlines())
        issue(settings, pair)
        yield f"had a certificate issued: {reason}"
        if not trusted():
            raise NotIssuedError(
                f"The certificates of {settings.directory_url} lead to no root that this host trusts, nor do"
                " its clients. Put the root into certificate_trusted_roots_pem, or name another directory in"
                " certificate_acme_directory_url."
            )
    yield from install(settings)


def main() -> int:
    """Do it; return the exit status."""
    parser = argparse.ArgumentParser(description="Keep the certificate that an ACME server issues.")
    parser.add_argument("--install", action="store_true", help="only put certbot's certificate in place")
    work = install if parser.parse_args().install else have
    try:
        for line in work(Settings(**tomllib.loads(SETTINGS.read_text()))):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    except (NotIssuedError, OSError, subprocess.SubprocessError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
