"""The services on the service hosts: that each is a unit which the lab lays over its host."""

import pytest

from lab import hostservices, servicehosts


@pytest.mark.parametrize("service", hostservices.SERVICES, ids=lambda service: service.name)
def test_each_has_a_unit_that_is_started_and_an_address_of_its_host(service):
    unit = servicehosts.rootfs(service.host) / "etc/systemd/system" / f"{service.unit}.service"
    assert "[Install]" in unit.read_text()
    assert {address.partition(":")[0] for address in service.addresses} <= set(service.host.addresses)
    assert hostservices.find(service.name) is service
    assert service in hostservices.on(service.host)


def test_a_host_s_own_name_is_no_service():
    assert hostservices.find("internet") is None


def test_the_signatures_are_lines_of_an_extended_database():
    lines = (servicehosts.rootfs(hostservices.SERVICES[0].host) / "srv/signatures/boringmail.ndb").read_text()
    found = {name: bytes.fromhex(code) for name, _, _, code in (line.split(":") for line in lines.split())}
    assert b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE" in found["Eicar-Test-Signature"]
    assert len(found["Clamav.Test.File"]) == 64
