"""Zone files on disk: what is written when, with which serial; and the trust anchor beside them."""

import dns.dnssec
import dns.rdata
import dns.zone

from lab.plane import trustanchor
from lab.plane.dns import ZoneDirectory
from lab.plane.zones import ZoneText

FIRST = ZoneText("example.com.", "$ORIGIN example.com.\n@ SOA a. b. {serial} 1 1 1 1\n")
SECOND = ZoneText("example.net.", "$ORIGIN example.net.\n@ SOA a. b. {serial} 1 1 1 1\n")


def test_what_has_not_changed_is_not_written(tmp_path):
    directory = ZoneDirectory(tmp_path)
    assert set(directory.write((FIRST, SECOND))) == {"example.com.", "example.net."}
    assert directory.write((FIRST, SECOND)) == {}


def test_serials_grow_also_within_a_second(tmp_path):
    directory = ZoneDirectory(tmp_path)
    serials = [
        directory.write((ZoneText(FIRST.name, FIRST.text + f"a{i} A 192.0.2.1\n"),))[FIRST.name]
        for i in range(5)
    ]
    assert serials == sorted(set(serials))
    assert f" {serials[-1]} " in (tmp_path / "example.com.zone").read_text()


def test_a_zone_that_is_gone_leaves_the_configuration(tmp_path):
    directory = ZoneDirectory(tmp_path)
    directory.write((FIRST, SECOND))
    assert directory.write((FIRST,)) == {}
    assert "example.net." not in (tmp_path / "zones.conf").read_text()


def test_after_a_failure_all_is_written_again(tmp_path):
    directory = ZoneDirectory(tmp_path)
    first = directory.write((FIRST,))[FIRST.name]
    directory.forget()
    assert directory.write((FIRST,))[FIRST.name] > first


def test_the_key_is_made_once_and_kept_secret(tmp_path):
    path = tmp_path / "root.pem"
    first = trustanchor.anchor_texts(trustanchor.ensure_key(path))
    assert trustanchor.anchor_texts(trustanchor.ensure_key(path)) == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_two_forms_of_the_anchor_agree(tmp_path):
    dnskey, ds = trustanchor.anchor_texts(trustanchor.ensure_key(tmp_path / "root.pem"))
    key = dns.rdata.from_text("IN", "DNSKEY", dnskey.split(" DNSKEY ")[1])
    assert dns.dnssec.make_ds(".", key, "SHA256").to_text() == ds.split(" DS ")[1].strip()


def test_the_root_hints_can_be_read():
    zone = dns.zone.from_text(trustanchor.hints_text(), origin=".", check_origin=False)
    assert len(zone.get_rdataset("@", "NS")) == 2
