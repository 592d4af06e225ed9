"""Where moto differs from AWS in something that the playbooks meet; one subject a file.

Each file has an `apply()` that corrects moto in place. Each has a test in `tests/unit/lab_api` that shows
moto as it comes still to be wrong, so that a patch is dropped when upstream has caught up.
"""

from lab.api.patches import (
    addresses,
    architectures,
    console,
    credit_modes,
    private_ips,
    reboots,
    records,
    retries,
    reverse_dns,
    volumes,
)

_SUBJECTS = (
    addresses,
    architectures,
    console,
    credit_modes,
    private_ips,
    reboots,
    records,
    retries,
    reverse_dns,
    volumes,
)


def apply_all() -> None:
    """Correct moto; once per process, before the first request."""
    for subject in _SUBJECTS:
        subject.apply()
