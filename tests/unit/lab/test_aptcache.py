"""The package cache serves the archives of the sources and no others."""

import pytest

from lab import aptcache

ONE_LINE = """\
# deb http://commented.example/debian trixie main
deb http://mirror.example/debian trixie main
deb [signed-by=/k.gpg] http://mirror.example/debian trixie-updates main
deb http://security.example/debian-security/ trixie-security main
"""
DEB822 = """\
Types: deb
URIs: http://mirror.example/debian http://second.example/debian/
Suites: trixie
"""


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        (ONE_LINE, ["mirror.example/debian", "security.example/debian-security"]),
        (DEB822, ["mirror.example/debian", "second.example/debian"]),
        ("", []),
    ],
)
def test_archives_are_read_from_both_forms_of_sources(sources, found):
    assert aptcache.archives(sources) == found


def test_only_the_archives_of_the_sources_are_served():
    text = aptcache.configuration(ONE_LINE)
    assert "ForceManaged: 1\n" in text
    assert "Remap-lab0: http://mirror.example/debian ; http://mirror.example/debian\n" in text
    assert "PassThroughPattern" not in text
    assert "BindAddress: 203.0.113.250\n" in text
