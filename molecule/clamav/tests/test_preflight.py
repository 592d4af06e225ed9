"""Settings that would let mail pass unscanned, or never pass, are refused with what to write instead."""

import pytest


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"clamav_database_custom_urls": [], "clamav_database_mirrors": []}, "clamav_enabled: false"),
        ({"clamav_database_custom_urls": ["ftp://example.com/ours.ndb"]}, "clamav_database_custom_urls"),
        ({"clamav_unpacked_megabytes": 50}, "clamav_unpacked_megabytes four times that"),
        ({"clamav_wait_seconds": 0}, "clamav_wait_seconds 5 to 60"),
    ],
)
def test_what_cannot_hold_is_refused(step, values, named):
    assert named in step("preflight", **values).refusal
