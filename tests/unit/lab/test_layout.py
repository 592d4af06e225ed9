"""Names and addresses that the kernel and the networks take."""

import pytest

from lab import layout


@pytest.mark.parametrize("name", ["app", "a-host-with-a-name-far-too-long", "i-0123456789abcdef0"])
def test_interface_names_fit_the_kernel_and_differ(name):
    assert len(layout.interface_name(name)) <= 15
    assert layout.interface_name(name) != layout.interface_name(name + "x")


@pytest.mark.parametrize(
    "name", ["", "Router", "a b", "-x", "x" * 60, "../up", "router", "internet", "app", "i-12"]
)
def test_bad_and_reserved_names_are_refused(name):
    with pytest.raises(ValueError, match=r"name"):
        layout.check_name(name)


def test_test_hosts_have_addresses_of_their_own_inside_their_networks():
    hosts = [layout.test_host(f"h{slot}", slot).addresses[0] for slot in range(layout.TEST_HOSTS_MAX)]
    public = [layout.test_host_public(slot) for slot in range(layout.TEST_HOSTS_MAX)]
    assert len(set(hosts)) == len(set(public)) == layout.TEST_HOSTS_MAX
    assert layout.CONTROLLER not in public
    assert not set(public) & set(layout.ELASTIC_IPS)


def test_the_gateway_is_the_subnets_first_address():
    assert layout.gateway_of("10.20.1.0/24") == "10.20.1.1"
