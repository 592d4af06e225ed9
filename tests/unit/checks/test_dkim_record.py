"""The DKIM record against the key in use."""

import pytest

from boringmail.checks.dkim_record import Signature, check_dkim_record, find_fault
from boringmail.checks.result import Status
from tests.unit.checks import gateway_dns as gateway

OURS = Signature(gateway.DOMAIN, "bm1", gateway.KEY)
TEXT = f"v=DKIM1; k=rsa; p={gateway.KEY}"
# 512 bits, which receivers do not accept.
SHORT = (
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANDiE2+Xi/WnO+s120NiiJhNyIButVu6zxqlVzz0wy2j4kQVUC4ZRZD80IY+4wIiX2YxK"
    "BZKGnd2TtPkcJ/ljkUCAwEAAQ=="
)


def test_a_record_in_several_strings_with_our_key_passes() -> None:
    check = check_dkim_record(gateway.authority(), OURS)
    assert (check.status, check.key) == (Status.PASS, "dkim_record")
    assert check.found.startswith("rsa, 1024 bits, p=MIGf")


@pytest.mark.parametrize(
    "text",
    [
        f"p={gateway.KEY}",
        f"v=DKIM1; t=s; n=note; h=sha1:sha256; s=email; p={gateway.KEY};",
        f"v=DKIM1; p= {gateway.KEY[:50]} {gateway.KEY[50:]}",
    ],
)
def test_what_the_standard_leaves_open_is_let_be(text: str) -> None:
    assert find_fault((text,), gateway.KEY) is None


@pytest.mark.parametrize(
    ("texts", "status", "found"),
    [
        ((), Status.FAIL, "no such record"),
        ((TEXT, TEXT), Status.PERMERROR, "2 records"),
        (("v=DKIM1; k=rsa; p=",), Status.FAIL, "revokes"),
        (("v=DKIM1; k=rsa",), Status.PERMERROR, "incomplete"),
        ((f"v=DKIM2; p={gateway.KEY}",), Status.PERMERROR, "bad version"),
        (("v=DKIM1; p=AAAA",), Status.PERMERROR, "could not parse"),
        (("v=spf1 -all; nonsense",), Status.PERMERROR, "no list of tags"),
        ((f"v=DKIM1; p={SHORT}",), Status.FAIL, "another key"),
        ((f"{TEXT}; t=y:s",), Status.FAIL, "t=y"),
        ((f"{TEXT}; h=sha1",), Status.FAIL, "h=sha1"),
        ((f"{TEXT}; s=tlsrpt",), Status.FAIL, "not for mail"),
        (("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",), Status.PERMERROR, ""),
    ],
)
def test_what_receivers_would_not_verify_by_is_told(
    texts: tuple[str, ...], status: Status, found: str
) -> None:
    fault = find_fault(texts, gateway.KEY)
    assert fault is not None
    assert fault.status is status
    assert found in fault.found


def test_a_short_key_is_refused_even_when_it_is_ours() -> None:
    fault = find_fault((f"p={SHORT}",), SHORT)
    assert fault is not None
    assert "512 bits" in fault.found


def test_a_record_that_is_gone_is_repaired_by_its_strings() -> None:
    long = Signature(gateway.DOMAIN, "bm2", gateway.KEY * 2)
    check = check_dkim_record(gateway.authority(), long)
    assert (check.status, check.found) == (Status.FAIL, "no such record")
    owner, *strings = check.repair.split('"')
    assert owner == "bm2._domainkey.desk.example.com. 300 IN TXT "
    assert "".join(strings[::2]) == long.text
    assert max(map(len, strings)) == 255


def test_one_server_behind_is_named() -> None:
    second = gateway.ZONE.replace(gateway.KEY[:100], "", 1)
    check = check_dkim_record(gateway.authority(second=second), OURS)
    assert check.status is not Status.PASS
    assert "the servers disagree: 192.0.2.54" in check.found


def test_no_key_to_compare_with_is_told_apart_from_a_wrong_record() -> None:
    check = check_dkim_record(gateway.authority(), Signature(gateway.DOMAIN, "bm1", ""))
    assert (check.status, "provision.yml" in check.repair) == (Status.PERMERROR, True)
    unknown = Signature(gateway.DOMAIN, "bm1", "", "no credentials")
    check = check_dkim_record(gateway.authority(), unknown)
    assert (check.status, check.found) == (Status.TEMPERROR, "no credentials")


def test_silence_is_temporary() -> None:
    check = check_dkim_record(gateway.authority(silent=True), OURS)
    assert (check.status, check.symptoms) == (Status.TEMPERROR, ("unanswered",))
