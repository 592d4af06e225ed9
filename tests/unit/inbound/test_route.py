"""Which route takes a recipient."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.inbound import route
from boringmail.inbound.route import Route

DOMAIN = "desk.example.com"


def make(name: str = "x", tenants: tuple[str, ...] = (), recipients: tuple[str, ...] = ()) -> Route:
    return Route(name=name, url="https://x.example.com/", tenants=tenants, recipients=recipients)


@pytest.mark.parametrize(
    ("tenants", "recipient", "matches"),
    [
        (("acme",), "ticket@acme.desk.example.com", True),
        (("ACME",), "ticket@acme.desk.example.com", True),
        (("acme",), "ticket@ACME.Desk.Example.COM.", True),
        (("acme",), "ticket@acme2.desk.example.com", False),
        (("big-*", "acme"), "ticket@big-one.desk.example.com", True),
        (("big-*",), "ticket@big.desk.example.com", False),
        (("big?",), "ticket@big1.desk.example.com", True),
        (("big?",), "ticket@big12.desk.example.com", False),
        (("a-c",), "ticket@b.desk.example.com", False),
        (("*",), "ticket@desk.example.com", False),
        (("*",), "ticket@elsewhere.example.com", False),
        (("acme",), "acme.desk.example.com@other.desk.example.com", False),
    ],
)
def test_tenant_patterns(tenants: tuple[str, ...], recipient: str, matches: bool):
    assert make(tenants=tenants).matches(recipient, DOMAIN) is matches


@pytest.mark.parametrize(
    ("recipients", "recipient", "matches"),
    [
        (("billing@*",), "billing@acme.desk.example.com", True),
        (("Billing@*",), "BILLING@acme.desk.example.com", True),
        (("billing@*",), "billing+123@acme.desk.example.com", True),
        (("billing+*@*",), "billing@acme.desk.example.com", False),
        (("billing+*@*",), "billing+1@acme.desk.example.com", True),
        (("billing@*",), "billings@acme.desk.example.com", False),
        (("billing@*",), '"billing@x"@acme.desk.example.com', False),
        (("*@acme.desk.example.com",), "x@acme.desk.example.com", True),
        (("*@acme.desk.example.com",), '"x@evil"@acme.desk.example.com', True),
        (("*@acme.desk.example.com",), "x@acme-desk.example.com", False),
        (("*@acme.desk.example.com",), '"x@acme.desk.example.com"@other.desk.example.com', False),
        (("a.b@*",), "axb@acme.desk.example.com", False),
        (("billing@*",), "billing", False),
    ],
)
def test_recipient_patterns(recipients: tuple[str, ...], recipient: str, matches: bool):
    assert make(recipients=recipients).matches(recipient, DOMAIN) is matches


def test_a_route_with_both_takes_what_matches_both():
    both = make(tenants=("acme",), recipients=("billing@*",))
    assert both.matches("billing@acme.desk.example.com", DOMAIN)
    assert not both.matches("billing@other.desk.example.com", DOMAIN)
    assert not both.matches("ticket@acme.desk.example.com", DOMAIN)


def test_the_first_route_that_matches_wins_and_what_none_takes_is_the_main_urls():
    routes = [make("one", tenants=("acme",)), make("two", tenants=("*",)), make("three", recipients=("a@*",))]
    names = {
        tenant: found and found.name
        for tenant in ("acme.", "b.", "")
        for found in [route.find(routes, f"x@{tenant}{DOMAIN}", mail_domain=DOMAIN)]
    }
    assert names == {"acme.": "one", "b.": "two", "": None}


@given(st.text())
def test_no_recipient_is_an_error(recipient: str):
    route.find([make(tenants=("a*",)), make(recipients=("*a*@*b*",))], recipient, mail_domain=DOMAIN)
