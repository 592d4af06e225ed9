"""What is compared: each a way from Postfix to the application, filtered or not."""

from dataclasses import dataclass

from bench.host import IN, inside

FILTERS = "unix:/run/rspamd/milter-in.sock, unix:/run/clamav-milter/milter.sock"
DAEMON = "boringmail:unix:/run/boringmail/lmtp.sock"
SINK_SOCKET = "/run/bench-sink.sock"


@dataclass(frozen=True)
class Variant:
    """A row of the table. `relative_to` names the row that it is held against."""

    key: str
    name: str
    transport: str
    filtered: bool


VARIANTS = (
    Variant("php", "pipe(8) to a PHP script", "bench-php:", filtered=False),
    Variant("python", "pipe(8) to a Python script", "bench-python:", filtered=False),
    Variant("boringmail", "boringmail-inbound", DAEMON, filtered=False),
    Variant(
        "sink", "a C sink (smtp-sink -L), no application", f"boringmail:unix:{SINK_SOCKET}", filtered=False
    ),
    Variant("php-filtered", "filters, pipe(8) to a PHP script", "bench-php:", filtered=True),
    Variant("boringmail-filtered", "filters, boringmail-inbound", DAEMON, filtered=True),
    Variant(
        "sink-filtered", "filters, a C sink, no application", f"boringmail:unix:{SINK_SOCKET}", filtered=True
    ),
)


def prepare(app_url: str) -> None:
    """The peers' transports, as many at a time as the daemon's, and the C sink."""
    for name, program in (
        ("php", "/usr/bin/php -d pcre.jit=0 /opt/bench/handle.php"),
        ("python", "/usr/bin/python3 /opt/bench/handle.py"),
    ):
        inside(
            f"postconf -c {IN} -M 'bench-{name}/unix=bench-{name} unix - n n - 20 pipe flags=q user=nobody "
            f"argv={program} {app_url} ${{sender}} ${{recipient}}' && "
            f"postconf -c {IN} -e bench-{name}_destination_recipient_limit=1"
        )
    inside(
        "systemctl reset-failed bench-sink 2>/dev/null || true; systemctl is-active -q bench-sink || "
        f"systemd-run -q --unit=bench-sink smtp-sink -L -u postfix unix:{SINK_SOCKET} 200"
    )


def choose(variant: Variant) -> None:
    """Makes Postfix go this way."""
    milters = FILTERS if variant.filtered else ""
    inside(
        f"postconf -c {IN} -e relay_transport={variant.transport} 'smtpd_milters={milters}' && "
        "systemctl restart postfix@in && sleep 1"
    )
