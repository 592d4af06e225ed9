"""Errors in the words and the wire format of the service that was asked."""

import json
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

_JSON_SERVICES = frozenset({"ssm", "kms", "logs", "monitoring", "sns", "tagging"})

# Credentials that AWS rejects, by service: EC2 has its own words, JSON services a third set.
_MESSAGES = {
    "missing": "Request is missing Authentication Token",
    "unknown": "The security token included in the request is invalid.",
    "token": "The security token included in the request is invalid.",
    "signature": (
        "The request signature we calculated does not match the signature you provided. "
        "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    ),
}
_EC2_MESSAGE = "AWS was not able to validate the provided access credentials"


def rejected(service: str, reason: str) -> Response:
    """Answer a call whose credentials are not good (see `principals.RejectedError`)."""
    if service == "ec2":
        return error(service, 401, "AuthFailure", _EC2_MESSAGE)
    unknown = "UnrecognizedClientException" if service in _JSON_SERVICES else "InvalidClientTokenId"
    signature = "InvalidSignatureException" if service in _JSON_SERVICES else "SignatureDoesNotMatch"
    codes = {"missing": "MissingAuthenticationToken", "signature": signature}
    status = 400 if service in _JSON_SERVICES else 403
    return error(service, status, codes.get(reason, unknown), _MESSAGES[reason])


def error(service: str, status: int, code: str, message: str) -> Response:
    """Build an error that an SDK turns into a ClientError with this code and message."""
    if service in _JSON_SERVICES:
        text = json.dumps({"__type": code, "message": message})
        return Response(text, status, content_type="application/x-amz-json-1.1")
    fields = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if service == "ec2":
        text = f"<Response><Errors><Error>{fields}</Error></Errors><RequestID>lab</RequestID></Response>"
    else:
        kind = "<Type>Sender</Type>" if status < 500 else "<Type>Receiver</Type>"  # noqa: PLR2004 (4xx or 5xx)
        text = f"<ErrorResponse><Error>{kind}{fields}</Error><RequestId>lab</RequestId></ErrorResponse>"
    return Response(text, status, content_type="text/xml")
