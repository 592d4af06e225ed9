"""Databases are renewed while mail goes on; when they are refused the old ones stay, and somebody is told."""

from collections.abc import Callable, Iterator

import pytest

COPY = "/var/tmp/databases"  # noqa: S108 - in a container of its own
MARKED = "/var/tmp/marked"  # noqa: S108 - in a container of its own
CONFIGURATION = """DatabaseDirectory {directory}
DatabaseOwner clamav
Foreground yes
MaxAttempts 1
TestDatabases no
NotifyClamd /etc/clamav/clamd.conf
PrivateMirror http://127.0.0.1:8099
"""
SERVER = """import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[1])); self.end_headers()
        self.wfile.write(b"Made-Up-Mark:0:*:" + b"a mark that no mail has".hex().encode() + b"\\n")
http.server.HTTPServer(("127.0.0.1", 8099), Handler).serve_forever()
"""


@pytest.fixture
def mirror(host) -> Iterator[Callable[[int], None]]:
    """Starts a mirror that answers everything with one status."""

    def start(status: int) -> None:
        host.run_expect([0], f"cat >/var/tmp/mirror.py <<'EOF'\n{SERVER}EOF")
        host.run_expect([0], f"systemd-run --quiet --unit=fake-mirror python3 /var/tmp/mirror.py {status}")
        host.run_expect([0], "timeout 20 sh -c 'until ss -Hltn | grep -q :8099; do sleep 0.1; done'")

    yield start
    host.run("systemctl stop fake-mirror; rm -rf /var/tmp/databases /var/lib/clamav/marks.ndb")


def freshclam(host, directory: str, *more: str) -> int:
    text = CONFIGURATION.format(directory=directory) + "\n".join(more)
    host.run_expect([0], f"cat >/var/tmp/freshclam.conf <<'EOF'\n{text}\nEOF")
    command = "freshclam --stdout --config-file=/var/tmp/freshclam.conf"
    return host.run(f"systemd-run --quiet --pipe --wait --property=User=clamav {command}").rc


@pytest.mark.parametrize("status", [403, 429])
def test_a_mirror_that_turns_us_away_costs_no_database(host, mirror, status):
    mirror(status)
    host.run_expect([0], "cp -a /var/lib/clamav /var/tmp/databases && touch /var/tmp/databases/daily.cvd")
    before = host.check_output("cd /var/tmp/databases && md5sum *.ndb")
    assert freshclam(host, COPY) != 0
    assert host.check_output("cd /var/tmp/databases && md5sum *.ndb") == before


def test_an_update_is_in_use_without_a_restart(host, mirror, judged):
    mirror(200)
    process = host.check_output("systemctl show --property=MainPID clamav-daemon")
    host.run_expect([0], "echo 'here is a mark that no mail has' >/var/tmp/marked")
    assert judged(before=MARKED) == {"before": "250"}
    custom = "DatabaseCustomURL http://127.0.0.1:8099/marks.ndb"
    exclude = ("ExcludeDatabase main", "ExcludeDatabase daily", "Bytecode no")
    assert freshclam(host, "/var/lib/clamav", custom, *exclude) == 0
    host.run_expect([0], "timeout 60 clamdscan --fdpass /etc/hostname")
    assert "Made-Up-Mark" in judged(after=MARKED)["after"]
    assert host.check_output("systemctl show --property=MainPID clamav-daemon") == process


@pytest.mark.parametrize(("age", "told"), [("1 hour ago", False), ("49 hours ago", True)])
def test_an_old_database_is_told_of(host, age, told):
    host.run_expect([0], f"mkdir -p /var/tmp/databases && touch --date='{age}' /var/tmp/databases/daily.cld")
    unit = host.file("/etc/systemd/system/clamav-database-age.service").content_string
    command = next(line for line in unit.splitlines() if line.startswith("ExecStart="))
    words = host.check_output(command.removeprefix("ExecStart=").replace("/var/lib/clamav", COPY))
    assert words.startswith("<4>event=clamav_database_old age_hours=49 limit_hours=48") == told
    host.run_expect([0], "rm -r /var/tmp/databases && systemctl start clamav-database-age.service")
