"""verify.yml, on a gateway from which AWS lets no mail out and on one that works."""

import json

import pytest

from lab.demo.playbook import must_succeed, play
from lab.plane import routing


@pytest.mark.timeout(300)
def test_a_blocked_port_25_is_named_with_the_way_to_have_it_opened(host, tmp_path):
    result = tmp_path / "verify.json"
    routing.set_port_25_blocked(blocked=True)
    try:
        run = play("verify.yml", "-e", f"verify_json={result}")
    finally:
        routing.set_port_25_blocked(blocked=False)
    assert run.status > 0
    checks = json.loads(result.read_text())["checks"]
    (wrong,) = [check for check in checks if check["status"] != "pass"]
    assert "Request to remove email sending limitations" in wrong["hint"]

    # Postfix does not try a receiver again at once that did not answer: a flush makes it.
    host.run("postqueue", "-c", "/etc/postfix-out", "-f")
    run = must_succeed(play("verify.yml", "-e", f"verify_json={result}"))
    assert run.transcript.changed == 0
    assert {check["status"] for check in json.loads(result.read_text())["checks"]} == {"pass"}
