"""What an API call asks for: service, action in the words of IAM policies, and whether it changes things."""

import json
import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qs

import botocore.session
from werkzeug.wrappers import Request

READ_PREFIXES = ("Describe", "Get", "List", "Lookup", "Search", "Simulate", "Test", "AssumeRole", "Decode")


@dataclass(frozen=True)
class Call:
    """One API call; `resource` is the name of what it is about, where the request says so plainly."""

    service: str
    action: str
    resource: str | None

    @property
    def mutating(self) -> bool:
        """Whether the call may change state that the data plane shows."""
        return bool(self.action) and not self.action.startswith(READ_PREFIXES)


_RESOURCE_KEYS = (
    "InstanceId",
    "InstanceId.1",
    "AllocationId",
    "AllocationId.1",
    "GroupId",
    "SubnetId",
    "VpcId",
    "VolumeId",
    "ResourceId.1",
    "RoleName",
    "InstanceProfileName",
    "KeyName",
    "PolicyArn",
    "Name",
    "Path",
    "ImageId",
)


def describe(request: Request, body: bytes, service: str) -> Call:
    """Name the action of a call, by the protocol its service speaks (query, JSON or REST)."""
    target = request.headers.get("X-Amz-Target", "")
    if target:
        return Call(service, target.rpartition(".")[2], _from_json(body))
    form = _form(request, body)
    if "Action" in form:
        resource = next((form[key] for key in _RESOURCE_KEYS if key in form), None)
        return Call(service, form["Action"], resource)
    return _rest(request.method, request.path, service)


def _form(request: Request, body: bytes) -> dict[str, str]:
    fields = parse_qs(request.query_string.decode("ascii", "replace"))
    if (request.mimetype or "") == "application/x-www-form-urlencoded":
        fields |= parse_qs(body.decode("utf-8", "replace"))
    return {key: values[0] for key, values in fields.items()}


def _from_json(body: bytes) -> str | None:
    try:
        fields = json.loads(body or b"{}")
    except ValueError:
        return None
    found = [fields[key] for key in _RESOURCE_KEYS if isinstance(fields.get(key), str)]
    return found[0] if found else None


@cache
def _routes(service: str) -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """List a REST service's operations as (method, path pattern, name), the longest path first."""
    try:
        model = botocore.session.get_session().get_service_model(service)
    except botocore.exceptions.UnknownServiceError:
        return ()
    operations = [model.operation_model(name) for name in model.operation_names]
    operations.sort(key=lambda operation: -len(operation.http["requestUri"]))
    return tuple((op.http["method"], _pattern(op.http["requestUri"]), op.name) for op in operations)


def _pattern(uri: str) -> re.Pattern[str]:
    path = re.escape(uri.partition("?")[0].rstrip("/")).replace(r"\{", "{").replace(r"\}", "}")
    return re.compile(re.sub(r"\{[^}]+\}", "([^/]+)", path) + "/?")


def _rest(method: str, path: str, service: str) -> Call:
    for wanted, pattern, name in _routes(service):
        match = pattern.fullmatch(path)
        if match and method == wanted:
            return Call(service, name, "/".join(match.groups()) or None)
    return Call(service, "", None)
