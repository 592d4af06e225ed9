"""The record sets of a hosted zone as Route 53 lists them, and the names in it that tenants cannot have.

An entry is a record set as `amazon.aws.route53_info` gives it: the API's own words in snake case. Pure.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

Entry = Mapping[str, Any]
Record = dict[str, Any]


def plain_name(text: str) -> str:
    """A name as we write it: lower case, no final dot; Route 53 shows an asterisk as its octal code."""
    return text.lower().rstrip(".").replace("\\052", "*")


def live_record(entry: Entry) -> Record:
    """One record set of the zone; alias and weighted ones get no values, so they never equal one of ours."""
    plain = "set_identifier" not in entry and "alias_target" not in entry
    values = [item["value"] for item in entry.get("resource_records", [])] if plain else []
    return {
        "name": plain_name(entry["name"]),
        "type": entry["type"],
        "ttl": entry.get("ttl"),
        "values": values,
        "plain": plain,
    }


def comparable(record: Record) -> list[str]:
    """Values in an order and writing that does not matter.

    Names in MX and CNAME are absolute or not; a long text is cut into strings anywhere (RFC 7208 3.3).
    """
    if record["type"] in {"MX", "CNAME", "NS"}:
        return sorted(plain_name(value) for value in record["values"])
    if record["type"] == "TXT":
        return sorted(value.replace('" "', "") for value in record["values"])
    return sorted(record["values"])


def masks(
    entries: Iterable[Entry], own_names: Collection[str], exchangers: Collection[str], domain: str
) -> list[Record]:
    """Names that exist below the domain: the wildcard MX does not answer for them (RFC 4592 3.3.1).

    Left out: our own hosts, names that no mail address can have (a label begins with an underscore, as in
    `google._domainkey`), and names whose MX leads to our hosts (`exchangers`, as values of MX records). Each
    with `name` and `because`, the record by which the name exists.
    """
    records = [live_record(entry) for entry in entries]
    targets = {plain_name(value) for value in exchangers}
    to_us = {
        record["name"]
        for record in records
        if record["type"] == "MX" and set(comparable(record)) <= targets and record["values"]
    }
    found: dict[str, Record] = {}
    for record in records:
        if not record["name"].endswith(f".{domain}"):
            continue
        for name in _ancestors(record["name"], domain):
            if not name.startswith(("_", "*")) and "._" not in name and name not in to_us | set(own_names):
                found.setdefault(name, {"name": name, "because": f"{record['name']} {record['type']}"})
    return [found[name] for name in sorted(found)]


def _ancestors(name: str, domain: str) -> list[str]:
    """The name and those above it, below the domain: they exist with it (RFC 4592 2.2.2)."""
    labels = name.removesuffix(f".{domain}").split(".")
    return [f"{'.'.join(labels[start:])}.{domain}" for start in range(len(labels))]
