"""boringmail-learn in its place: started by who comes, confined, with certificate and keys of the moment."""

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

KEY = "whsec_cGxhbnRlZC1rZXktZm9yLXRoZS10ZXN0LW9mLXJvbGVz"
BILLING_KEY = "whsec_YmlsbGluZy1rZXktZm9yLXRoZS10ZXN0LW9mLXJvbGVz"
MAIL = "Subject: x\n\nCheap pills\n"
UNIT = "boringmail-learn.service"
URL = "https://127.0.0.1:8443/learn/spam"
# With the standard library, as curl is not on the host.
POST = """
import json, ssl, sys, urllib.request, urllib.error
headers, body, url = json.loads(sys.argv[1]), sys.argv[2].encode(), sys.argv[3]
request = urllib.request.Request(url, body, headers)
context = ssl._create_unverified_context()
try:
    answer = urllib.request.urlopen(request, context=context, timeout=30)
except urllib.error.HTTPError as error:
    answer = error
print(json.dumps([answer.status, json.load(answer)]))
"""


@pytest.fixture
def post(host):
    host.run_expect([0], "cat > /run/post.py << 'END'" + POST + "END")

    def call(headers, body=MAIL):
        return json.loads(host.check_output("python3 /run/post.py %s %s %s", json.dumps(headers), body, URL))

    return call


def signed(key=KEY, identifier="learn_spam_1"):
    now = datetime.now(UTC)
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(key).sign(identifier, now, MAIL),
    }


def state(host):
    return host.check_output(f"systemctl show --property=ActiveState --value {UNIT}")


@pytest.fixture
def stopped(host):
    host.run_expect([0], f"systemctl stop {UNIT}; systemctl reset-failed")


@pytest.mark.usefixtures("stopped")
def test_nothing_runs_until_somebody_teaches(host, post):
    assert host.socket("tcp://0.0.0.0:8443").is_listening
    assert state(host) == "inactive"
    host.run_expect([0], "rm -f /run/rspamd/taught")
    assert post(signed()) == [200, {"result": "learned"}]
    assert host.check_output("cat /run/rspamd/taught") == f"/learnspam {len(MAIL)}"
    assert state(host) == "active"
    status = host.check_output(f"cat /proc/{main_pid(host)}/status")
    assert next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) < 60_000


def main_pid(host):
    return host.check_output(f"systemctl show --property=MainPID --value {UNIT}")


def test_who_does_not_sign_is_refused(post):
    status, body = post({})
    assert status == 401
    assert "webhook-signature" in body["error"]
    assert post(signed() | {"webhook-signature": "v1,AAAA"})[0] == 401


def test_an_application_of_a_route_teaches_by_its_own_key(post):
    assert post(signed(BILLING_KEY))[0] == 200


def test_it_reaches_the_controller_and_no_network(host, post):
    post(signed())
    devices = host.check_output(f"cat /proc/{main_pid(host)}/net/dev").splitlines()[2:]
    assert [line.split(":")[0].strip() for line in devices] == ["lo"]
    groups = host.check_output(f"grep ^Groups: /proc/{main_pid(host)}/status").split()[1:]
    assert host.check_output("getent group rspamd-controller").split(":")[2] in groups


def test_a_renewed_certificate_and_a_restart_refuse_nobody(host, post):
    post(signed())
    before = main_pid(host)
    host.run_expect([0], "run-parts --exit-on-error /etc/boringmail/certificate-hooks.d")
    assert post(signed())[0] == 200
    assert main_pid(host) != before


def test_the_key_is_not_in_its_environment_nor_in_the_log(host, post):
    post(signed())
    assert "whsec_" not in host.check_output(f"tr '\\0' ' ' < /proc/{main_pid(host)}/environ")
    log = host.check_output(f"journalctl --no-pager --unit={UNIT}")
    assert "event=learn status=200" in log
    assert "whsec_" not in log
    assert "pills" not in log


def test_it_is_confined_and_listens_from_boot_on(host):
    shown = host.check_output(f"systemd-analyze security --no-pager {UNIT}").splitlines()[-1]
    assert float(shown.split(": ")[1].split()[0]) <= 2.0
    assert host.service("boringmail-learn.socket").is_enabled
