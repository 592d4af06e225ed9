"""Who signed an API call, and whether the signature is theirs.

moto answers anybody. The lab tells calls apart by principal (the call log is compared with the shipped IAM
policies) and refuses what AWS refuses, so that a run with wrong credentials fails as it would there.
"""

import hmac
from dataclasses import dataclass

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from werkzeug.wrappers import Request

from lab.api import backends


class RejectedError(Exception):
    """AWS would not take these credentials; `reason` is missing, unknown, token or signature."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Scope:
    """What an Authorization header says (SigV4: Credential=KEY/DATE/REGION/SERVICE/aws4_request)."""

    access_key_id: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str


@dataclass(frozen=True)
class _Key:
    principal: str
    secret: str
    token: str | None


def parse_authorization(header: str) -> Scope | None:
    """Read a SigV4 Authorization header; None when it is absent or of another kind."""
    scheme, _, rest = header.partition(" ")
    if scheme != "AWS4-HMAC-SHA256":
        return None
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    parts = fields.get("Credential", "").split("/")
    if len(parts) != 5:  # noqa: PLR2004 (the five parts of a credential scope)
        return None
    signed = tuple(fields.get("SignedHeaders", "").split(";"))
    return Scope(parts[0], parts[2], parts[3], signed, fields.get("Signature", ""))


def authenticate(request: Request, body: bytes, scope: Scope | None) -> str:
    """Return who signed a call: `owner`, `user/<name>` or `role/<name>`. Raises RejectedError."""
    if scope is None:
        raise RejectedError("missing")
    key = _find_key(scope.access_key_id)
    if key is None:
        raise RejectedError("unknown")
    if key.token is not None and request.headers.get("X-Amz-Security-Token") != key.token:
        raise RejectedError("token")
    if not hmac.compare_digest(_signature(request, body, scope, key), scope.signature):
        raise RejectedError("signature")
    return key.principal


def _find_key(access_key_id: str) -> _Key | None:
    for user in backends.iam().users.values():
        for key in user.access_keys:
            if key.access_key_id == access_key_id and key.status == "Active":
                principal = "owner" if user.name == "owner" else f"user/{user.name}"
                return _Key(principal, key.secret_access_key, None)
    for role in backends.sts().assumed_roles:
        if role.access_key_id == access_key_id:
            name = role.role_arn.rpartition("/")[2]
            return _Key(f"role/{name}", role.secret_access_key, role.session_token)
    return None


def _signature(request: Request, body: bytes, scope: Scope, key: _Key) -> str:
    signer = SigV4Auth(Credentials(scope.access_key_id, key.secret, key.token), scope.service, scope.region)
    signed = {name: value for name, value in request.headers.items() if name.lower() in scope.signed_headers}
    path = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path
    url = f"http://{request.host}{path}" if path.startswith("/") else path
    copy = AWSRequest(method=request.method, url=url, data=body, headers=signed)
    copy.context["timestamp"] = request.headers.get("X-Amz-Date", "")
    return str(signer.signature(signer.string_to_sign(copy, signer.canonical_request(copy)), copy))
