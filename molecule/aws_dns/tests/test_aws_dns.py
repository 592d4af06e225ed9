"""The records as the authoritative server answers them."""

import time

import dns.message
import dns.query
import pytest

AUTHORITY = "203.0.113.53"
DOMAIN = "mol-dns.example.com"


def ask(name, kind):
    """The answer's values; the server may need a moment to take a change in."""
    for _ in range(50):
        reply = dns.query.udp_with_fallback(dns.message.make_query(name, kind), AUTHORITY, timeout=2)[0]
        values = {item.to_text() for rrset in reply.answer for item in rrset}
        if values:
            return values
        time.sleep(0.1)
    return set()


@pytest.mark.parametrize("name", ["acme", "deep.below.acme"])
def test_mail_for_every_tenant_comes_to_both_hosts(name):
    assert ask(f"{name}.{DOMAIN}", "MX") == {f"10 mx1.{DOMAIN}.", f"10 mx2.{DOMAIN}."}


def test_hosts_have_their_public_and_submit_the_private_addresses():
    assert ask(f"mx1.{DOMAIN}", "A") == {"203.0.113.191"}
    assert ask(f"mx2.{DOMAIN}", "A") == {"203.0.113.192"}
    assert ask(f"submit.{DOMAIN}", "A") == {"10.20.1.191", "10.20.1.192"}


def test_tenants_and_hosts_have_spf_and_dmarc():
    spf = f'"v=spf1 a:mx1.{DOMAIN} a:mx2.{DOMAIN} -all"'
    assert ask(f"acme.{DOMAIN}", "TXT") == {spf, '"v=DMARC1; p=none"'}
    assert ask(f"_dmarc.acme.{DOMAIN}", "TXT") == {spf, '"v=DMARC1; p=none"'}
    assert ask(f"_dmarc.{DOMAIN}", "TXT") == {'"v=DMARC1; p=none"'}
    assert ask(f"mx1.{DOMAIN}", "TXT") == {'"v=spf1 a -all"'}


def test_the_key_is_published_in_strings_that_dns_can_carry():
    [text] = ask(f"mol1._domainkey.{DOMAIN}", "TXT")
    strings = text.strip('"').split('" "')
    assert max(map(len, strings)) == 255
    assert "".join(strings) == "v=DKIM1; k=rsa; p=" + 392 * "A"


def test_the_domain_itself_has_mx_and_spf_as_it_was_asked_for():
    assert ask(DOMAIN, "MX") == {f"10 mx1.{DOMAIN}.", f"10 mx2.{DOMAIN}."}
    assert ask(DOMAIN, "TXT") == {f'"v=spf1 a:mx1.{DOMAIN} a:mx2.{DOMAIN} -all"'}
