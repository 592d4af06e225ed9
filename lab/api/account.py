"""What the lab's account holds before the first run: the owner's key, and a zone with other people's mail."""

from dataclasses import dataclass
from typing import Final

from lab.api import backends
from lab.layout import APP

OWNER: Final = "owner"
ZONE: Final = "example.com"


@dataclass(frozen=True)
class OwnerKey:
    """The access key that the owner's runs sign with."""

    access_key_id: str
    secret_access_key: str

    def __repr__(self) -> str:
        return f"OwnerKey({self.access_key_id})"


# The staff's mail and the company's hosts: a run must leave every one of these as it is.
STAFF_RECORDS: Final = (
    ("", "A", 300, ("203.0.113.30",)),
    ("", "MX", 3600, ("10 mail.mailbox.example.",)),
    ("", "TXT", 3600, ('"v=spf1 include:mailbox.example -all"', '"site-verification=4b1f0c"')),
    ("_dmarc", "TXT", 3600, ('"v=DMARC1; p=quarantine; rua=mailto:postmaster@example.com"',)),
    ("www", "CNAME", 300, ("example.com.",)),
    ("app", "A", 300, (APP,)),
)


def open_account(owner_key: OwnerKey) -> None:
    """Create the owner's user and key, and the hosted zone with the records that were there before."""
    _create_owner(owner_key)
    zone = backends.route53().create_hosted_zone(f"{ZONE}.", private_zone=False, comment="Company zone")
    for label, kind, ttl, values in STAFF_RECORDS:
        name = f"{label}.{ZONE}." if label else f"{ZONE}."
        change = {
            "Action": "CREATE",
            "ResourceRecordSet": {
                "Name": name,
                "Type": kind,
                "TTL": ttl,
                "ResourceRecords": [{"Value": value} for value in values],
            },
        }
        backends.route53().change_resource_record_sets(zone.id, [change])


def _create_owner(owner_key: OwnerKey) -> None:
    iam = backends.iam()
    iam.create_user(region_name="us-east-1", user_name=OWNER)
    key = iam.create_access_key(OWNER)
    iam.access_keys.pop(key.physical_resource_id)
    key.access_key_id = owner_key.access_key_id
    key.secret_access_key = owner_key.secret_access_key
    iam.access_keys[key.physical_resource_id] = key
