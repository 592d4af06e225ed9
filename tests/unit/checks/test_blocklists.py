"""Listings, answers that are none, and lists that do not answer."""

import ipaddress

import pytest

from boringmail.checks import blocklists
from boringmail.checks.blocklists import Blocklist, check_blocklists
from boringmail.checks.result import Check, Status
from tests.unit.checks.scripted_resolver import SERVFAIL, SILENT, Resolver

ZEN = Blocklist("zen.example", "https://zen.example/remove", {"127.0.0.2": "SBL", "127.0.0.4": "XBL"})
ANY = Blocklist("any.example", "https://any.example/")
ZEN_NAME, ANY_NAME = "5.2.0.192.zen.example", "5.2.0.192.any.example"


# What every list in order answers (RFC 5782 5).
TEST_POINTS: dict[str, list[str] | str] = {f"2.0.0.127.{one.zone} A": ["127.0.0.2"] for one in (ZEN, ANY)}


def look(answers: dict[str, list[str] | str]) -> Check:
    answers = {name: answer for name, answer in (TEST_POINTS | answers).items() if answer}
    return check_blocklists("192.0.2.5", [ZEN, ANY], Resolver(answers).recursive())


def test_an_address_in_no_list_passes_with_the_lists_named() -> None:
    check = look({})
    assert (check.key, check.status) == ("blocklists", Status.PASS)
    assert check.found == "not in zen.example, any.example"


def test_a_listing_fails_with_code_meaning_reason_and_removal_page() -> None:
    check = look({f"{ZEN_NAME} A": ["127.0.0.4", "127.0.0.2"], f"{ZEN_NAME} TXT": ['"seen in a trap"']})
    assert check.status is Status.FAIL
    assert check.found == 'zen.example lists it: 127.0.0.2 SBL, 127.0.0.4 XBL ("seen in a trap")'
    assert check.hint.splitlines()[1:] == ["https://zen.example/remove"]
    assert check.repair == ""


def test_a_list_without_codes_lists_by_any_answer() -> None:
    check = look({f"{ANY_NAME} A": ["127.0.0.77"], f"{ANY_NAME} TXT": SERVFAIL})
    assert (check.status, check.found) == (Status.FAIL, "any.example lists it: 127.0.0.77")


@pytest.mark.parametrize("code", [*blocklists.ERROR_MEANINGS, "127.255.255.1"])
def test_an_error_code_is_no_listing_but_is_named(code: str) -> None:
    check = look({f"{ZEN_NAME} A": [code]})
    assert check.status is Status.PASS
    assert f"zen.example answers {code}, no listing" in check.found
    assert "not in any.example" in check.found
    assert look({f"{ANY_NAME} A": [code]}).status is Status.PASS


@pytest.mark.parametrize("answer", [["127.0.0.99"], ["192.0.2.99"]])
def test_an_answer_without_meaning_is_no_listing(answer: list[str]) -> None:
    check = look({f"{ZEN_NAME} A": answer})
    assert check.status is Status.PASS
    assert f"zen.example answers {answer[0]}, which means nothing" in check.found


def test_a_dead_list_is_named_and_not_taken_for_one_that_finds_nothing() -> None:
    check = look({"2.0.0.127.zen.example A": []})
    assert check.status is Status.PASS
    assert check.found.startswith("not in any.example; zen.example lists not even 127.0.0.2")


def test_a_list_that_lists_everybody_lists_nobody() -> None:
    check = look({f"{ANY_NAME} A": ["127.0.0.2"], "1.0.0.127.any.example A": ["127.0.0.2"]})
    assert check.status is Status.PASS
    assert "any.example lists even 127.0.0.1" in check.found


@pytest.mark.parametrize("trouble", [SILENT, SERVFAIL])
def test_a_list_that_does_not_answer_is_named(trouble: str) -> None:
    check = look({f"{ZEN_NAME} A": trouble})
    assert check.status is Status.PASS
    assert "zen.example does not answer" in check.found


def test_nothing_is_known_when_no_list_answers() -> None:
    assert look({f"{ZEN_NAME} A": SILENT, f"{ANY_NAME} A": SERVFAIL}).status is Status.TEMPERROR


def test_errors_of_every_list_are_named_and_fail_nothing() -> None:
    check = look({f"{name} A": ["127.255.255.254"] for name in (ZEN_NAME, ANY_NAME)})
    assert check.status is Status.PASS
    assert all(f"{one.zone} answers 127.255.255.254" in check.found for one in (ZEN, ANY))


def test_known_lists_have_codes_that_are_listings_and_a_page() -> None:
    for one in blocklists.KNOWN:
        assert one.removal_url.startswith("https://")
        codes = [ipaddress.ip_address(code) for code in one.codes]
        assert codes
        assert all(code in blocklists.LISTINGS and code not in blocklists.ERRORS for code in codes)
