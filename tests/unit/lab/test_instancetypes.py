"""What an instance type gives a host."""

import pytest

from lab.plane.instancetypes import DEFAULT, Size, size_of


@pytest.mark.parametrize(
    ("instance_type", "size"),
    [
        ("t3.small", Size(2048, 2)),
        ("t4g.small", Size(2048, 2)),
        ("t3a.micro", Size(1024, 2)),
        ("m7g.medium", Size(4096, 1)),
        ("c7i.large", Size(4096, 2)),
        ("u-12tb1.112xlarge", DEFAULT),
        ("", DEFAULT),
    ],
)
def test_an_instance_type_gives_its_memory_and_cpus(instance_type, size):
    assert size_of(instance_type) == size
