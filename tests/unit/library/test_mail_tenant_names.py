"""The module that lists a hosted zone: which zone it takes, and what it says when it gets none."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

PATH = Path(__file__).parents[3] / "library" / "mail_tenant_names.py"
_spec = importlib.util.spec_from_file_location("mail_tenant_names", PATH)
module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(module)

GIVEN = {
    "domain": "desk.example.com",
    "zone": "example.com",
    "own_names": ["mx1.desk.example.com"],
    "exchangers": ["10 mx1.desk.example.com."],
    "spf": "v=spf1 -all",
    "dmarc": "v=DMARC1; p=none",
    "accepted": [],
}
ZONES = [
    {"Id": "/hostedzone/INSIDE", "Name": "example.com.", "Config": {"PrivateZone": True}},
    {"Id": "/hostedzone/OTHER", "Name": "example.com.au.", "Config": {"PrivateZone": False}},
    {"Id": "/hostedzone/WORLD", "Name": "example.com.", "Config": {"PrivateZone": False}},
]


def record(name: str, kind: str, value: str) -> dict[str, Any]:
    return {"Name": name, "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value}]}


class Account:
    """Route 53 as botocore gives it: two pages of record sets."""

    def __init__(self, zones: list[dict[str, Any]]) -> None:
        self._zones = zones
        self.asked: list[str] = []

    def get_paginator(self, operation: str) -> "Account":
        return self if operation == "list_hosted_zones" else Records(self.asked)

    def paginate(self) -> list[dict[str, Any]]:
        return [{"HostedZones": self._zones}]


class Records(Account):
    def __init__(self, asked: list[str]) -> None:
        self.asked = asked

    def paginate(self, **given: str) -> list[dict[str, Any]]:
        self.asked.append(given["HostedZoneId"])
        return [
            {"ResourceRecordSets": [record("mx1.desk.example.com.", "A", "192.0.2.1")]},
            {"ResourceRecordSets": [record("acme.desk.example.com.", "A", "192.0.2.2")]},
        ]


class Refusing(Account):
    def paginate(self) -> list[dict[str, Any]]:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListHostedZones")


def test_the_public_zone_of_that_very_name_is_read_to_its_last_page():
    account = Account(ZONES)
    (check,) = module.look(account, GIVEN)
    assert account.asked == ["/hostedzone/WORLD"]
    assert (check.status, check.key) == ("fail", "tenant_names")
    assert check.found == "acme.desk.example.com (exists by acme.desk.example.com A)"


@pytest.mark.parametrize(
    ("account", "status", "found"),
    [(Account([]), "permerror", "no public zone"), (Refusing([]), "temperror", "AccessDenied")],
)
def test_a_zone_that_cannot_be_read_is_told(account, status, found):
    (check,) = module.look(account, GIVEN)
    assert (check.status, check.key) == (status, "tenant_names")
    assert found in check.found
