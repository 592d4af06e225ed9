"""Taken down and built again: what cannot be made again stays, and the new host goes on with it."""

import pytest

from lab.demo.playbook import must_succeed, play
from lab.demo.proof import mail_in, mail_out
from lab.drive import aws
from lab.drive.mail_host import NoMailHost, mail_host
from lab.drive.secrets import names, secrets
from tests.e2e.ledger import Bulk, assert_nothing_lost, recipient


@pytest.mark.timeout(900)
def test_addresses_queue_and_secrets_outlive_the_host(host, app, provider, values):
    domain = values["mail_domain"]
    before = secrets(domain)
    app.behave("down")
    mail = Bulk(provider, app, host, recipient("outlives"), 10)
    mail.sent()

    refused = play("teardown.yml", "-e", "teardown_confirm=another.example")
    assert refused.status > 0
    assert mail_host() == host, "a wrong answer must touch nothing"

    run = must_succeed(play("teardown.yml", "-e", f"teardown_confirm={domain}"))
    assert host.public_ip in run.output
    assert names(domain)[0] in run.output
    with pytest.raises(NoMailHost):
        mail_host()
    records = [name for name in _record_names(values["mail_dns_zone"]) if name.endswith(f".{domain}.")]
    assert records == []

    must_succeed(play("site.yml"))
    new = mail_host()
    assert new.public_ip == host.public_ip
    assert new.instance_id != host.instance_id
    assert secrets(domain) == before
    app.behave("ok")
    accounts = mail.resume(new).settled(delivered=10, seconds=120)
    assert_nothing_lost(accounts)
    assert mail_out(app, provider, new).client_address == host.public_ip
    assert mail_in(app, provider)["answered"] == 200


def _record_names(zone):
    client = aws.route53()
    (found,) = [
        entry["Id"] for entry in client.list_hosted_zones()["HostedZones"] if entry["Name"] == f"{zone}."
    ]
    return [
        entry["Name"] for entry in client.list_resource_record_sets(HostedZoneId=found)["ResourceRecordSets"]
    ]
