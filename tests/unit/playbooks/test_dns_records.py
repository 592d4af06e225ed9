"""Which records are written, deleted and left alone."""

import importlib.util
from pathlib import Path

import pytest

PATH = Path(__file__).parents[3] / "playbooks" / "filter_plugins" / "dns_records.py"
_spec = importlib.util.spec_from_file_location("dns_records", PATH)
records = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(records)

DOMAIN = "desk.example.com"
MX = {"name": f"*.{DOMAIN}", "type": "MX", "ttl": 300, "values": [f"10 mx1.{DOMAIN}."]}
ADDRESS = {"name": f"mx1.{DOMAIN}", "type": "A", "ttl": 300, "values": ["203.0.113.100"]}
WANTED = [MX, ADDRESS]


def live(name, kind, *values, ttl=300):
    entry = {"name": f"{name}.", "type": kind, "ttl": ttl}
    return entry | {"resource_records": [{"value": value} for value in values]}


def claims(*keys):
    return live(f"_boringmail.{DOMAIN}", "TXT", *(f'"v=boringmail1 {key}"' for key in keys))


OURS = claims(f"MX *.{DOMAIN}", f"A mx1.{DOMAIN}")
DONE = [live(f"\\052.{DOMAIN}", "MX", f"10 mx1.{DOMAIN}."), live(f"mx1.{DOMAIN}", "A", "203.0.113.100"), OURS]


def plan(entries, wanted=WANTED, overwrite=()):
    return records.dns_plan(entries, wanted, DOMAIN, list(overwrite))


def test_an_empty_zone_is_claimed_before_it_is_written():
    found = plan([])
    assert found["foreign"] == []
    assert found["write"] == WANTED
    assert found["claim"]["values"] == [f'"v=boringmail1 A mx1.{DOMAIN}"', f'"v=boringmail1 MX *.{DOMAIN}"']


def test_a_second_run_does_nothing():
    found = plan(DONE)
    assert {key: value for key, value in found.items() if value} == {}


def test_ours_is_corrected_when_somebody_changed_it():
    found = plan([DONE[0], live(f"mx1.{DOMAIN}", "A", "203.0.113.9"), OURS])
    assert found["foreign"] == []
    assert found["write"] == [ADDRESS]


@pytest.mark.parametrize(
    "entry",
    [
        live(f"mx1.{DOMAIN}", "A", "203.0.113.9"),
        live(f"mx1.{DOMAIN}", "CNAME", "www.example.com."),
        {"name": f"mx1.{DOMAIN}.", "type": "A", "alias_target": {"dns_name": "x."}},
        live(f"\\052.{DOMAIN}", "CNAME", "www.example.com."),
    ],
)
def test_somebody_elses_record_is_in_the_way(entry):
    assert len(plan([entry])["foreign"]) == 1


def test_a_given_up_record_is_overwritten_and_an_alias_name_removed():
    entry = live(f"mx1.{DOMAIN}", "CNAME", "www.example.com.")
    found = plan([entry], overwrite=[f"mx1.{DOMAIN}"])
    assert found["foreign"] == []
    assert [record["type"] for record in found["delete"]] == ["CNAME"]
    assert ADDRESS in found["write"]


def test_an_equal_record_of_somebody_else_stays_theirs():
    entries = [live(f"mx1.{DOMAIN}", "A", "203.0.113.100", ttl=60)]
    found = plan(entries)
    assert found["foreign"] == []
    assert found["write"] == [MX]
    assert found["claim"]["values"] == [f'"v=boringmail1 MX *.{DOMAIN}"']


def test_teardown_deletes_what_is_claimed_and_nothing_else():
    other = live(f"www.{DOMAIN}", "A", "203.0.113.7")
    found = plan([*DONE, other], wanted=[])
    assert {record["name"] for record in found["delete"]} == {f"*.{DOMAIN}", f"mx1.{DOMAIN}"}
    assert found["remove_claim"]["name"] == f"_boringmail.{DOMAIN}"


def test_a_host_that_is_no_longer_wanted_goes_and_its_claim_after_it():
    found = plan(DONE, wanted=[MX])
    assert [record["name"] for record in found["delete"]] == [f"mx1.{DOMAIN}"]
    assert found["final_claim"]["values"] == [f'"v=boringmail1 MX *.{DOMAIN}"']


@pytest.mark.parametrize(
    ("entry", "masked"),
    [
        (live(f"www.{DOMAIN}", "A", "203.0.113.7"), [f"www.{DOMAIN}"]),
        (live(f"_x._domainkey.acme.{DOMAIN}", "TXT", '"k"'), [f"acme.{DOMAIN}"]),
        (live(f"\\052.acme.{DOMAIN}", "MX", "10 other.example."), [f"acme.{DOMAIN}"]),
        (live(f"_acme-challenge.{DOMAIN}", "TXT", '"k"'), []),
        (live(f"google._domainkey.{DOMAIN}", "TXT", '"k"'), []),
        (live(f"own.{DOMAIN}", "MX", f"10 MX1.{DOMAIN}"), []),
        (live("www.example.com", "A", "203.0.113.7"), []),
        (live(DOMAIN, "A", "203.0.113.7"), []),
    ],
)
def test_names_that_mask_the_wildcard_are_found(entry, masked):
    found = records.dns_masks([*DONE, entry], WANTED, DOMAIN)
    assert [mask["name"] for mask in found] == masked


def test_a_delegation_between_zone_and_domain_is_found():
    apex = live("example.com", "NS", "ns1.example.net.")
    cut = live(DOMAIN, "NS", "ns1.example.org.")
    assert [record["name"] for record in records.dns_cuts([apex, cut], DOMAIN, "example.com")] == [DOMAIN]


OLD_KEY = live(f"bm1._domainkey.{DOMAIN}", "TXT", '"v=DKIM1; p=AAAA"')
NEW_KEY = {"name": f"bm2._domainkey.{DOMAIN}", "type": "TXT", "ttl": 300, "values": ['"v=DKIM1; p=BB" "BB"']}
KEY_CLAIM = claims(f"MX *.{DOMAIN}", f"A mx1.{DOMAIN}", f"TXT bm1._domainkey.{DOMAIN}")


def rotated(*entries, retired=(), kept_below=f"_domainkey.{DOMAIN}", wanted=(*WANTED, NEW_KEY)):
    present = [*DONE[:2], KEY_CLAIM, *entries]
    return records.dns_plan(present, list(wanted), DOMAIN, kept_below=kept_below, retired=list(retired))


def test_the_key_of_an_earlier_selector_stays_claimed():
    found = rotated(OLD_KEY)
    assert (found["write"], found["delete"], found["final_claim"]) == ([NEW_KEY], [], None)
    assert f'"v=boringmail1 TXT bm1._domainkey.{DOMAIN}"' in found["claim"]["values"]
    assert f'"v=boringmail1 TXT bm2._domainkey.{DOMAIN}"' in found["claim"]["values"]


def test_a_retired_key_is_deleted():
    found = rotated(OLD_KEY, retired=[f"bm1._domainkey.{DOMAIN}"])
    assert [record["name"] for record in found["delete"]] == [f"bm1._domainkey.{DOMAIN}"]
    assert f'"v=boringmail1 TXT bm1._domainkey.{DOMAIN}"' not in found["final_claim"]["values"]


def test_the_claim_of_a_key_that_somebody_deleted_is_given_up():
    assert f'"v=boringmail1 TXT bm1._domainkey.{DOMAIN}"' not in rotated()["final_claim"]["values"]


def test_teardown_deletes_every_key():
    found = rotated(OLD_KEY, kept_below="", wanted=())
    assert f"bm1._domainkey.{DOMAIN}" in {record["name"] for record in found["delete"]}


def test_a_record_whose_value_is_not_known_is_neither_written_nor_deleted_nor_disclaimed():
    unknown = {**NEW_KEY, "name": f"bm1._domainkey.{DOMAIN}", "values": []}
    found = rotated(OLD_KEY, wanted=(*WANTED, unknown))
    assert {key: value for key, value in found.items() if value} == {}
    assert unknown not in plan(DONE, [*WANTED, unknown])["write"]


def test_a_text_may_be_cut_into_strings_anywhere():
    entry = live(f"bm2._domainkey.{DOMAIN}", "TXT", '"v=DKIM1; p=B" "BBB"')
    assert plan([*DONE, entry], [*WANTED, NEW_KEY])["foreign"] == []
