"""What a message carries beside its text, also what winmail.dat wraps."""

import hashlib
import mimetypes
from dataclasses import dataclass, field

from boringmail.mime import file_name, parameter, text, tnef
from boringmail.mime.part import Part

_TYPES = mimetypes.MimeTypes(filenames=())
_UNKNOWN_TYPE = "application/octet-stream"
_CONTENT_ID_LIMIT = 998
# Of a content type, beside those that say nothing about the decoded content.
_PARAMETERS_LIMIT = 20
_PARAMETER_LENGTH_LIMIT = 200
_NOT_KEPT = {"name", "boundary"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is no body text. The name is an inert bare file name, or None.

    `container` names the winmail.dat that it was taken out of. `parameters` are those of its content type,
    such as the `method` of a calendar part (RFC 5546) or the `smime-type` of a sealed one.
    """

    name: str | None
    content_type: str
    content_id: str | None
    inline: bool
    content: bytes
    sha256: str
    container: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)


def of_part(piece: Part) -> tuple[Attachment, str | None]:
    """The attachment that a part is, and the name of what was wrong."""
    disposition, parameters = parameter.parse(piece.fields.raw("content-disposition"))
    content, problem = piece.content()
    content_id = _content_id(piece.fields.value("content-id"))
    attachment = Attachment(
        name=file_name.inert(parameters.get("filename") or piece.parameters.get("name") or ""),
        content_type=piece.content_type,
        content_id=content_id,
        inline=disposition == "inline" or bool(content_id and disposition != "attachment"),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        parameters=_kept(piece.parameters),
    )
    return attachment, problem


def of_tnef(inner: tnef.Attachment, container: str | None) -> Attachment:
    """The attachment that was in a winmail.dat."""
    name = file_name.inert(inner.name)
    content_id = _content_id(text.single_line(inner.content_id))
    return Attachment(
        name=name,
        content_type=_content_type(inner.content_type, name),
        content_id=content_id,
        inline=content_id is not None,
        content=inner.content,
        sha256=hashlib.sha256(inner.content).hexdigest(),
        container=container or "winmail.dat",
    )


def _content_type(written: str, name: str | None) -> str:
    stated = parameter.parse(text.single_line(written))[0]
    if stated.count("/") == 1:
        return stated
    return (name and _TYPES.guess_type(name)[0]) or _UNKNOWN_TYPE


def _content_id(value: str) -> str | None:
    return value.strip("<> ")[:_CONTENT_ID_LIMIT] or None


def _kept(parameters: dict[str, str]) -> dict[str, str]:
    kept = ((name, value) for name, value in parameters.items() if name not in _NOT_KEPT)
    short = ((text.single_line(name), value) for name, value in kept if len(value) <= _PARAMETER_LENGTH_LIMIT)
    return dict(list(short)[:_PARAMETERS_LIMIT])
