"""The instance metadata service, version 2: what an instance learns at 169.254.169.254.

It runs in the router's namespace and tells instances apart by their private address. Pure but for the clock:
what is known of an instance, and who gives out credentials, is passed in.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from werkzeug.wrappers import Request, Response

from lab.layout import REGION
from lab.plane.state import Instance, Snapshot

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

_TOKEN_PATH: Final = "/latest/api/token"  # noqa: S105 (a path)
_TTL_HEADER: Final = "X-aws-ec2-metadata-token-ttl-seconds"
_TOKEN_HEADER: Final = "X-aws-ec2-metadata-token"  # noqa: S105 (a header's name)
# "a minimum of one second and a maximum of six hours" (EC2 user guide, IMDSv2).
_TTL_MAX_SECONDS: Final = 21600
_MAC: Final = "02:00:00:00:00:01"


@dataclass(frozen=True)
class RoleCredentials:
    """Temporary credentials of a role; `expiration` is ISO 8601 in UTC."""

    access_key_id: str
    secret_access_key: str
    token: str
    expiration: str


Credentials = Callable[[Instance], RoleCredentials]


class MetadataService:
    """WSGI application. `snapshot` gives the present state, `credentials` those of an instance's role."""

    def __init__(self, snapshot: Callable[[], Snapshot], credentials: Credentials, account_id: str) -> None:
        self._snapshot = snapshot
        self._credentials = credentials
        self._account_id = account_id
        self._tokens: dict[str, tuple[str, float]] = {}

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        return self.answer(Request(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        """Answer one request: a token for a PUT, metadata for a GET with one."""
        snapshot = self._snapshot()
        address = request.remote_addr or ""
        live = (item for item in snapshot.instances if item.state != "terminated")
        instance = next((item for item in live if item.private_ip == address), None)
        if instance is None:
            return _error(404, "Not Found")
        if request.path == _TOKEN_PATH:
            return self._issue_token(request, instance)
        if request.method not in {"GET", "HEAD"}:
            return _error(405, "Method Not Allowed")
        if not self._allowed(request, instance):
            return _error(401, "Unauthorized")
        return self._metadata(request.path, instance, snapshot)

    def _issue_token(self, request: Request, instance: Instance) -> Response:
        if request.method != "PUT":
            return _error(405, "Method Not Allowed")
        # A request that came by a proxy gets none (EC2 user guide, IMDSv2).
        if "X-Forwarded-For" in request.headers:
            return _error(403, "Forbidden")
        ttl = request.headers.get(_TTL_HEADER, "")
        if not ttl.isdigit() or not 1 <= int(ttl) <= _TTL_MAX_SECONDS:
            return _error(400, "Bad Request")
        token = secrets.token_urlsafe(40)
        now = time.monotonic()
        self._tokens = {known: entry for known, entry in self._tokens.items() if entry[1] > now}
        self._tokens[token] = (instance.instance_id, now + int(ttl))
        return Response(token, headers={_TTL_HEADER: ttl}, content_type="text/plain")

    def _allowed(self, request: Request, instance: Instance) -> bool:
        token = request.headers.get(_TOKEN_HEADER)
        if token is None:
            return not instance.metadata_tokens_required
        owner, expires = self._tokens.get(token, ("", 0.0))
        return owner == instance.instance_id and time.monotonic() < expires

    def _metadata(self, path: str, instance: Instance, snapshot: Snapshot) -> Response:
        role = instance.role_name
        if role and path.rstrip("/") == f"/latest/meta-data/iam/security-credentials/{role}":
            return _json(_credentials_document(self._credentials(instance)))
        if path == "/latest/dynamic/instance-identity/document":
            return _json(_identity(instance, self._account_id))
        if path.rstrip("/") == "/latest/user-data":
            return _text(instance.user_data) if instance.user_data else _error(404, "Not Found")
        prefix = "/latest/meta-data"
        if path != prefix and not path.startswith(f"{prefix}/"):
            return _error(404, "Not Found")
        return _look_up(path.removeprefix(prefix).strip("/"), metadata(instance, snapshot))


def metadata(instance: Instance, snapshot: Snapshot) -> dict[str, str]:
    """Return an instance's metadata by path below `/latest/meta-data/`."""
    public = next((ip.public_ip for ip in snapshot.elastic_ips if ip.private_ip == instance.private_ip), None)
    hostname = f"ip-{instance.private_ip.replace('.', '-')}.{REGION}.compute.internal"
    known = {
        "ami-id": instance.image_id,
        "hostname": hostname,
        "instance-id": instance.instance_id,
        "instance-type": instance.instance_type,
        "local-hostname": hostname,
        "local-ipv4": instance.private_ip,
        "mac": _MAC,
        f"network/interfaces/macs/{_MAC}/subnet-ipv4-cidr-block": instance.subnet_cidr,
        f"network/interfaces/macs/{_MAC}/local-ipv4s": instance.private_ip,
        "placement/availability-zone": instance.availability_zone,
        "placement/region": REGION,
        "services/domain": "amazonaws.com",
    }
    if public:
        known["public-ipv4"] = public
        known["public-hostname"] = f"ec2-{public.replace('.', '-')}.{REGION}.compute.amazonaws.com"
    if instance.public_key:
        known["public-keys/0/openssh-key"] = instance.public_key
    if instance.role_name:
        known[f"iam/security-credentials/{instance.role_name}"] = ""
    return known


def _look_up(path: str, known: dict[str, str]) -> Response:
    """Answer with a value, or with what is below a path, as a directory is listed."""
    if path in known:
        return _text(known[path])
    prefix = f"{path}/" if path else ""
    below = sorted(name.removeprefix(prefix) for name in known if name.startswith(prefix))
    if not below:
        return _error(404, "Not Found")
    entries = sorted(
        {head if not rest else f"{head}/" for head, _, rest in (n.partition("/") for n in below)}
    )
    return _text("\n".join(entries))


def _credentials_document(credentials: RoleCredentials) -> dict[str, str]:
    return {
        "Code": "Success",
        "LastUpdated": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "Type": "AWS-HMAC",
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "Token": credentials.token,
        "Expiration": credentials.expiration,
    }


def _identity(instance: Instance, account_id: str) -> dict[str, str]:
    return {
        "accountId": account_id,
        "architecture": instance.architecture,
        "availabilityZone": instance.availability_zone,
        "imageId": instance.image_id,
        "instanceId": instance.instance_id,
        "instanceType": instance.instance_type,
        "privateIp": instance.private_ip,
        "region": REGION,
        "version": "2017-09-30",
    }


def _text(text: str) -> Response:
    return Response(text, content_type="text/plain")


def _json(document: dict[str, str]) -> Response:
    return Response(json.dumps(document, indent=1), content_type="application/json")


def _error(status: int, text: str) -> Response:
    return Response(f"{status} - {text}", status, content_type="text/plain")
