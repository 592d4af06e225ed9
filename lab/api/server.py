"""Start the lab's AWS API: correct moto, open the account, serve."""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from werkzeug.serving import WSGIRequestHandler, make_server

from lab.api.account import OwnerKey
from lab.api.gateway import build_gateway

if TYPE_CHECKING:
    from types import FrameType

# The example key of AWS's own documentation; a lab that is brought up as a whole makes a key of its own.
_EXAMPLE_KEY_ID: Final = "AKIAIOSFODNN7EXAMPLE"
_EXAMPLE_SECRET: Final = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # noqa: S105 (published by AWS)


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    options = _parse_options(sys.argv[1:])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    gateway = build_gateway(_owner_key(options.env_file), options.call_log, data_plane=options.data_plane)
    server = make_server(options.host, options.port, gateway, threaded=True, request_handler=_Handler)
    _stop_on_signal(server.shutdown)
    logging.getLogger(__name__).info("serving on http://%s:%s", options.host, options.port)
    server.serve_forever()


def _parse_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lab.api", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4566)
    parser.add_argument("--no-data-plane", dest="data_plane", action="store_false", help="the API alone")
    parser.add_argument("--call-log", type=Path, default=Path(".lab/log/api-calls.jsonl"))
    parser.add_argument(
        "--env-file", type=Path, default=Path(".lab/env"), help="the owner's key, as shell exports"
    )
    return parser.parse_args(arguments)


def _owner_key(env_file: Path) -> OwnerKey:
    """Take the owner's key from the file, whose lab it is, else from the environment, else AWS's example."""
    known = dict(os.environ) | read_exports(env_file)
    key_id = known.get("AWS_ACCESS_KEY_ID") or _EXAMPLE_KEY_ID
    return OwnerKey(key_id, known.get("AWS_SECRET_ACCESS_KEY") or _EXAMPLE_SECRET)


def read_exports(path: Path) -> dict[str, str]:
    """Read `export NAME=value` lines; an absent file has none."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.removeprefix("export ").partition("=")[::2] for line in lines if "=" in line)
    return {name.strip(): value.strip().strip("'\"") for name, value in pairs}


def _stop_on_signal(shutdown: Callable[[], None]) -> None:
    def stop(_signal: int, _frame: "FrameType | None") -> None:
        # shutdown() waits for serve_forever(), which runs in this very thread.
        threading.Thread(target=shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


class _Handler(WSGIRequestHandler):
    """HTTP/1.1, so that an SDK keeps its connection; no access log (the call log says more)."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""
