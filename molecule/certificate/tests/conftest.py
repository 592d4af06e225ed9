"""What the tests of both sources look at: the pair that the services read, a hook that notes each call."""

import pytest

DIRECTORY = "/etc/ssl/boringmail"
CHAIN, KEY = f"{DIRECTORY}/fullchain.pem", f"{DIRECTORY}/privkey.pem"
HOOK = "/etc/boringmail/certificate-hooks.d/note"


class Certificate:
    """The pair that the services read."""

    def __init__(self, host):
        self._host = host

    @property
    def public_key(self) -> str:
        return self._host.check_output(f"openssl pkey -in {KEY} -pubout")

    @property
    def serial(self) -> str:
        return self._host.check_output(f"openssl x509 -in {CHAIN} -noout -serial")

    @property
    def belongs_to_key(self) -> bool:
        return self._host.check_output(f"openssl x509 -in {CHAIN} -noout -pubkey") == self.public_key

    @property
    def names(self) -> set[str]:
        text = self._host.check_output(f"openssl x509 -in {CHAIN} -noout -ext subjectAltName")
        return {item.strip().removeprefix("DNS:") for item in text.splitlines()[-1].split(",")}

    @property
    def is_trusted(self) -> bool:
        store = "/etc/ssl/certs/ca-certificates.crt"
        command = f"openssl verify -CAfile {store} -no-CApath -untrusted {CHAIN} {CHAIN}"
        return self._host.run(command).rc == 0


@pytest.fixture
def certificate(host) -> Certificate:
    return Certificate(host)


@pytest.fixture
def told(host):
    """How often the hooks were called since the test began."""
    host.run_expect(
        [0], f"rm -f /run/told; printf '#!/bin/sh\\necho told >>/run/told\\n' >{HOOK}; chmod 755 {HOOK}"
    )
    yield lambda: host.run("cat /run/told").stdout.count("told")
    host.run_expect([0], f"rm {HOOK}")
