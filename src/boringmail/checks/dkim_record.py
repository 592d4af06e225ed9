"""The DKIM record, by which receivers verify what we sign (RFC 6376 3.6.1, RFC 8301)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import dkim

from boringmail.checks import repairs, zonefile
from boringmail.checks.authority import Answer, Authority, UnansweredError
from boringmail.checks.causes import UNANSWERED, Key
from boringmail.checks.records import UNREACHABLE_HINT
from boringmail.checks.result import Check, Status

# Verifiers take a shorter key for no signature at all (RFC 8301 3.2).
KEY_BITS_MIN = 1024
SHOWN = 16
ADVICE = "run playbooks/provision.yml, or publish the repair"


@dataclass(frozen=True)
class Signature:
    """The key in use: `public_key` is SubjectPublicKeyInfo in DER and base64.

    It is empty when there is no key, or when `trouble` says why it is not known.
    """

    domain: str
    selector: str
    public_key: str
    trouble: str = ""
    ttl: int = 300

    @property
    def name(self) -> str:
        """Where its record stands."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def text(self) -> str:
        """What the record says."""
        return f"v=DKIM1; k=rsa; p={self.public_key}"


@dataclass(frozen=True)
class Fault:
    """Why a record does not serve."""

    status: Status
    found: str
    hint: str = ADVICE


def check_dkim_record(authority: Authority, signature: Signature) -> Check:
    """Every authoritative server has to publish the one record with the public half of our key."""
    told = partial(Check, name=f"DKIM {signature.name}", key=Key.DKIM_RECORD)
    if not signature.public_key:
        return _keyless(told, signature)
    expected = f"v=DKIM1; k=rsa; p={shortened(signature.public_key)}"
    try:
        answers = _answers(authority, signature.name)
    except UnansweredError as error:
        return told(
            status=Status.TEMPERROR,
            expected=expected,
            found=str(error),
            hint=UNREACHABLE_HINT,
            symptoms=(UNANSWERED,),
        )
    faults = {answer.server: find_fault(answer.values, signature.public_key) for answer in answers}
    wrong = {server: fault for server, fault in faults.items() if fault}
    if not wrong:
        return told(status=Status.PASS, expected=expected, found=_described(answers[0].values[0]))
    server, fault = next(iter(wrong.items()))
    return told(
        status=fault.status,
        expected=expected,
        found=fault.found if len(wrong) == len(faults) else f"the servers disagree: {server}: {fault.found}",
        hint=fault.hint,
        repair=zonefile.lines(signature.name, "TXT", [signature.text], signature.ttl),
    )


def _keyless(told: Callable[..., Check], signature: Signature) -> Check:
    expected = "a key to compare the record with"
    if signature.trouble:
        hint = "see that this controller has credentials of the account, and may list parameters"
        return told(status=Status.TEMPERROR, expected=expected, found=signature.trouble, hint=hint)
    return told(
        status=Status.PERMERROR,
        expected=expected,
        found=f"the Parameter Store holds no key for the selector {signature.selector}",
        hint="make the key and publish its record",
        repair=repairs.playbook("provision"),
    )


def _answers(authority: Authority, name: str) -> list[Answer]:
    answers = authority.ask_all(name, "TXT")
    return [authority.ask(name, "TXT")] if answers[0].cname and not answers[0].values else answers


def find_fault(texts: tuple[str, ...], public_key: str) -> Fault | None:
    """What is wrong with the TXT records at the selector's name; None when they serve."""
    if not texts:
        return Fault(Status.FAIL, "no such record")
    if len(texts) > 1:
        # RFC 6376 3.6.2.2: the results are undefined.
        return Fault(Status.PERMERROR, f"{len(texts)} records: {' and '.join(map(shortened, texts))}")
    try:
        tags = dkim.util.parse_tag_value(texts[0].encode())
    except dkim.util.InvalidTagValueList as error:
        return Fault(Status.PERMERROR, f"no list of tags ({error}): {shortened(texts[0], 60)}")
    return _key_fault(texts[0], tags, public_key)


def _key_fault(text: str, tags: dict[bytes, bytes], public_key: str) -> Fault | None:
    key = b"".join(tags.get(b"p", b"").split())
    if not key and b"p" in tags:
        return Fault(Status.FAIL, "p= is empty, which revokes the key")
    try:
        _, bits, kind, _ = dkim.evaluate_pk("the record", text)
    except (dkim.DKIMException, ValueError) as error:
        return Fault(Status.PERMERROR, str(error))
    if kind != b"rsa" or key.decode() != public_key:
        return Fault(Status.FAIL, f"another key: p={shortened(key.decode())}")
    return _weakness(tags, bits)


def _weakness(tags: dict[bytes, bytes], bits: int) -> Fault | None:
    """Our key, but published so that receivers do not heed it."""
    if bits < KEY_BITS_MIN:
        return Fault(Status.FAIL, f"a key of {bits} bits, which receivers do not accept", "make a longer key")
    if b"y" in tags.get(b"t", b"").split(b":"):
        return Fault(Status.FAIL, "t=y: receivers take the signature for a test")
    hashes = [word.strip() for word in tags.get(b"h", b"sha256").split(b":")]
    if b"sha256" not in hashes:
        return Fault(Status.FAIL, f"h={tags[b'h'].decode()}: signatures with sha256 do not count")
    services = [word.strip() for word in tags.get(b"s", b"*").split(b":")]
    if not {b"*", b"email"} & set(services):
        return Fault(Status.FAIL, f"s={tags[b's'].decode()}: the key is not for mail")
    return None


def _described(text: str) -> str:
    _, bits, _, _ = dkim.evaluate_pk("the record", text)
    key = dkim.util.parse_tag_value(text.encode())[b"p"].decode()
    return f"rsa, {bits} bits, p={shortened(''.join(key.split()))}"


def shortened(text: str, length: int = SHOWN) -> str:
    """The beginning and end of something long: the keys of one kind begin alike."""
    return text if len(text) <= 2 * length else f"{text[:length]}...{text[-length:]}"
