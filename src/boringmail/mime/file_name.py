"""File names that do no harm on whatever disk an application writes them to."""

import re

# What file systems take, in bytes; a cut name keeps its extension.
LENGTH_LIMIT_BYTES = 255
_EXTENSION_LIMIT_BYTES = 40
# Invisible characters and those that turn the direction of writing: `gpj.exe` is shown as `exe.jpg`.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
# Not allowed on Windows; a colon there opens another stream of the file.
_FORBIDDEN = re.compile(r'[<>:"|?*]')
# Devices, with any extension (Microsoft, "Naming Files, Paths, and Namespaces").
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?: *\..*)?", re.IGNORECASE)
_DIRECTORIES = re.compile(r"[/\\\u2044\u2215\u29f5\u29f8\uff0f\uff3c]")


def inert(name: str) -> str | None:
    """A name without directories: `../../etc/passwd` is `passwd`, `..` is none at all."""
    bare = _DIRECTORIES.split(_INVISIBLE.sub("", name))[-1].strip()
    drive = _FORBIDDEN.sub("_", bare)
    cut = _cut(drive.rstrip(". "))
    if not cut.strip(". "):
        return None
    return f"_{cut}"[:LENGTH_LIMIT_BYTES] if _DEVICE.fullmatch(cut) else cut


def _cut(name: str) -> str:
    if len(name.encode()) <= LENGTH_LIMIT_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > _EXTENSION_LIMIT_BYTES:
        stem, dot, extension = name, "", ""
    room = LENGTH_LIMIT_BYTES - len((dot + extension).encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + dot + extension
