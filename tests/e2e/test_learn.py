"""The application teaches the spam filter, with the very lines that the documentation gives it."""

import base64
import json
import re

import pytest

from lab import layout, paths
from lab.containers import podman
from lab.drive.namespace import Reach, reach
from lab.drive.waiting import until

PAGE = paths.CHECKOUT / "docs/operations/spam.md"
PORT = 8443
STATE = "/var/lib/lab-app"
PYTHON = "/opt/lab/venv/bin/python"
RSPAMD = ("rspamc", "-h", "/run/rspamd/controller.sock", "stat")
TEXT = (
    "Wonderful replica watches, casino jackpot and lottery winners, cheap pills without any prescription.\n"
)
CALL = """
import pathlib, sys, urllib.error
try:
    print(200, teach(sys.argv[1], sys.stdin.buffer.read(), pathlib.Path(sys.argv[2]).read_text()))
except urllib.error.HTTPError as error:
    print(error.code, json.load(error)["error"])
"""


@pytest.fixture
def teach(app):
    """Runs the documentation's example on the app server; gives the status, and the result or error."""
    app.plant("authorities.pem", paths.ACME_ROOT.read_text())
    app.plant("wrong-key", "whsec_" + base64.b64encode(b"w" * 32).decode())
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    app.plant("teach.py", example.replace("mail.example.com", "desk.example.com") + CALL)

    def run(mail_class, mail, *, key="webhook-key"):
        command = [PYTHON, f"{STATE}/teach.py", mail_class, f"{STATE}/{key}"]
        environment = f"--env=SSL_CERT_FILE={STATE}/authorities.pem"
        answer = podman(["exec", "-i", environment, app.container, *command], stdin=mail.decode())
        status, words = answer.strip().split(" ", 1)
        return int(status), words

    return run


def spams_learned(host):
    return int(re.search(r"BAYES_SPAM.*?learned: (\d+)", host.run(*RSPAMD)).group(1))


def test_a_mail_that_the_application_calls_spam_is_learned(app, provider, host, teach):
    before = spams_learned(host)
    batch = provider.send("ticket@acme.desk.example.com", subject="Casino", text=TEXT)
    (letter,) = provider.finished(batch)
    mail = base64.b64decode(app.body(app.wait_for(letter.id).number)["data"]["raw_base64"])
    assert teach("spam", mail) == (200, "learned")
    assert teach("spam", mail) == (200, "known")
    on_host = json.loads(host.run("boringmail", "learn", "--json", "spam", "-", stdin=mail.decode()))
    assert on_host["result"] == "known"
    until("Rspamd to count one more spam", lambda: spams_learned(host) > before, 60)


def test_who_does_not_sign_with_the_key_teaches_nothing(host, teach):
    status, words = teach("ham", TEXT.encode(), key="wrong-key")
    assert status == 401
    assert "webhook-signature" in words
    script = (
        "import urllib.request, urllib.error\n"
        f"url = 'https://submit.desk.example.com:{PORT}/learn/spam'\n"
        "try: urllib.request.urlopen(url, b'x', timeout=20)\n"
        "except urllib.error.HTTPError as error: print(error.code)"
    )
    environment = f"--env=SSL_CERT_FILE={STATE}/authorities.pem"
    unsigned = podman(["exec", environment, layout.APP_SERVER.namespace, PYTHON, "-c", script])
    assert unsigned.strip() == "401"


@pytest.mark.parametrize("source", [layout.PROVIDER, layout.RESOLVER])
def test_the_internet_gets_no_answer(host, source):
    internet = layout.INTERNET.namespace
    assert reach(internet, (host.public_ip, PORT), source=source, seconds=2) is Reach.SILENT
