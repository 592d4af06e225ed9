"""The AWS API's process: started, asked whether it answers, ended. What it serves is lab.api's business."""

import sys
import urllib.error
import urllib.request

from lab import image, layout, paths, processes

NAME = "api"
_SOURCE_HASH = paths.RUN / "api.source"


def available() -> bool:
    """Tell whether there is an API to start."""
    return (paths.LAB_SOURCE / "api" / "__main__.py").exists()


def answers(timeout_seconds: float = 2) -> bool:
    """Tell whether the API answers, with whatever status."""
    try:
        with urllib.request.urlopen(layout.API_URL, timeout=timeout_seconds):  # noqa: S310 - our own fixed http address
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _source_hash() -> str:
    parts = (paths.LAB_SOURCE / "api", paths.LAB_SOURCE / "plane")
    return image.content_hash(
        sorted(file for part in parts for file in part.rglob("*") if file.suffix in {".py", ".json"})
    )


def current() -> bool:
    """Tell whether the API that was started last is of the source as it is now."""
    return _SOURCE_HASH.exists() and _SOURCE_HASH.read_text() == _source_hash()


def start() -> None:
    """Start the API; whatever was left of a former one is ended first."""
    processes.stop(NAME)
    _SOURCE_HASH.write_text(_source_hash())
    processes.start(NAME, [
        sys.executable, "-m", "lab.api", f"--host={layout.CONTROLLER}", f"--port={layout.API_PORT}",
        f"--env-file={paths.ENV}", f"--call-log={paths.LOG / 'api-calls.jsonl'}",
    ])  # fmt: skip
