"""Records of somebody else: what they stop, with which words, and what happens to those that are given up."""

import boto3
import pytest

DOMAIN = "mol-taken.example.com"
HOSTS = {"aws_dns_domain": DOMAIN, "aws_dns_hosts": ["mx1"], "aws_dns_apex_enabled": False}
ADDRESSES = [{"host": "mx1", "public_ip": "203.0.113.193", "private_ip": "10.20.1.193"}]
WILDCARD, MASK = f"*.{DOMAIN}", f"status.{DOMAIN}"
GIVEN_UP = {"aws_dns_overwrite": [WILDCARD], "aws_dns_accepted_masks": [MASK]}


class Zone:
    """The zone example.com through the API, as its other users change it."""

    def __init__(self):
        self.api = boto3.client("route53")
        [zone] = self.api.list_hosted_zones_by_name(DNSName="example.com", MaxItems="1")["HostedZones"]
        self.id = zone["Id"].removeprefix("/hostedzone/")

    def sets(self):
        """Record sets of our domain by name and type."""
        listed = self.api.list_resource_record_sets(HostedZoneId=self.id)["ResourceRecordSets"]
        named = [{**each, "Name": each["Name"].replace("\\052", "*").rstrip(".")} for each in listed]
        return {(each["Name"], each["Type"]): each for each in named if each["Name"].endswith(DOMAIN)}

    def values(self, name, kind):
        found = self.sets().get((name, kind), {"ResourceRecords": []})
        return {each["Value"] for each in found["ResourceRecords"]}

    def plant(self, name, kind, value):
        record = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}
        self.change("UPSERT", [record])

    def change(self, action, records):
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record} for record in records]}
        self.api.change_resource_record_sets(HostedZoneId=self.id, ChangeBatch=batch)

    def clear(self):
        if found := list(self.sets().values()):
            self.change("DELETE", found)


@pytest.fixture
def zone():
    zone = Zone()
    zone.clear()  # what a run that was broken off has left
    yield zone
    zone.clear()


IN_THE_WAY = {
    "foreign record": (WILDCARD, "MX", "10 old.example.net."),
    "wildcard CNAME": (WILDCARD, "CNAME", "old.example.net."),
    "mask": (MASK, "A", "203.0.113.30"),
    "delegation": (DOMAIN, "NS", "ns.example.net."),
}
SAID = {
    "foreign record": [f"{WILDCARD} MX 10 old.example.net.", f'aws_dns_overwrite: ["{WILDCARD}"]'],
    "wildcard CNAME": ["A wildcard CNAME answers for every tenant", "Fix: remove them"],
    "mask": [f"{MASK} (exists by {MASK} A)", f'aws_dns_accepted_masks: ["{MASK}"]'],
    "delegation": ["delegated to other name servers (ns.example.net.)", "Fix: set mail_dns_zone"],
}


@pytest.mark.parametrize("case", IN_THE_WAY)
def test_what_is_in_the_way_stops_the_run_with_its_fix(step, zone, case):
    name, kind, value = IN_THE_WAY[case]
    zone.plant(name, kind, value)
    outcome = step("preflight", aws_dns_zone_id=zone.id, **HOSTS)
    for word in SAID[case]:
        assert word in outcome.refusal
    assert zone.values(name, kind) == {value}
    assert len(zone.sets()) == 1


def test_mail_of_the_domain_itself_is_in_the_way_only_when_that_is_asked_for(step, zone):
    zone.plant(DOMAIN, "MX", "10 staff.example.net.")
    assert step("preflight", aws_dns_zone_id=zone.id, **HOSTS).refusal == ""
    asked = HOSTS | {"aws_dns_apex_enabled": True}
    assert f"{DOMAIN} MX 10 staff" in step("preflight", aws_dns_zone_id=zone.id, **asked).refusal


def test_what_the_owner_gives_up_is_overwritten_and_an_accepted_mask_stays(step, zone):
    zone.plant(WILDCARD, "MX", "10 old.example.net.")
    zone.plant(MASK, "A", "203.0.113.30")
    wanted = HOSTS | GIVEN_UP | {"aws_dns_zone_id": zone.id, "aws_dns_addresses": ADDRESSES}
    assert step("preflight", **wanted).refusal == ""
    assert step("main", **wanted).refusal == ""
    assert zone.values(WILDCARD, "MX") == {f"10 mx1.{DOMAIN}."}
    assert zone.values(DOMAIN, "MX") == set()
    assert step("teardown", **wanted).refusal == ""
    assert set(zone.sets()) == {(MASK, "A")}


def test_an_earlier_key_stays_in_the_zone_until_it_is_retired_or_all_is_taken_down(step, zone):
    old, new = f"bm1._domainkey.{DOMAIN}", f"bm2._domainkey.{DOMAIN}"
    wanted = HOSTS | {"aws_dns_zone_id": zone.id, "aws_dns_addresses": ADDRESSES}
    assert step("main", **wanted, **key("bm1", "AAAA")).refusal == ""
    rotated = wanted | key("bm2", "BBBB")
    assert step("preflight", **rotated).refusal == ""  # a key's name is no tenant's
    assert step("main", **rotated).refusal == ""
    assert zone.values(old, "TXT") == {'"v=DKIM1; k=rsa; p=AAAA"'}
    assert zone.values(new, "TXT") == {'"v=DKIM1; k=rsa; p=BBBB"'}
    assert step("main", **rotated).changed == 0
    assert step("main", **wanted | key("bm2", "")).changed == 0  # not known in this run
    assert step("main", **rotated, aws_dns_dkim_retired_selectors=["bm1"]).refusal == ""
    assert (old, "TXT") not in zone.sets()
    assert step("main", **wanted | key("bm3", "CCCC")).refusal == ""
    assert step("teardown", **wanted).refusal == ""
    assert zone.sets() == {}


def key(selector, half):
    return {"aws_dns_dkim_selector": selector, "aws_dns_dkim_public_key": half}
