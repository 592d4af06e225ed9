"""How many examples: a minute's worth in an ordinary run, as many as asked for by `python -m tests.fuzz`."""

import os

from hypothesis import HealthCheck, settings

fuzz = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "1000")),
    deadline=None,  # CPU is measured where it matters; the machine may be busy
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
