"""The APT cache: the lab's one door to real packages, a proxy that serves only the archives it was told of.

Its archives are those in the base image's own sources, so that no host is named here. It has its own
configuration, port and directories and leaves a system-wide apt-cacher-ng alone.
"""

import urllib.error
import urllib.request
from urllib.parse import urlsplit

from lab import image, layout, paths, processes

NAME = "apt-cache"
_CONFIGURATION = paths.CACHE / "apt-cacher-ng.conf.d"
_STORE = paths.CACHE / "packages"
_URL = f"http://{layout.CONTROLLER}:{layout.APT_CACHE_LISTEN_PORT}"


def archives(sources: str) -> list[str]:
    """Return the archives (host and path, no scheme) named in APT sources, one-line or deb822 style."""
    words = [
        word for line in sources.splitlines() if not line.lstrip().startswith("#") for word in line.split()
    ]
    urls = [urlsplit(word) for word in words if word.startswith(("http://", "https://"))]
    return list(dict.fromkeys(f"{url.netloc}{url.path.rstrip('/')}" for url in urls))


def configuration(sources: str) -> str:
    """Return apt-cacher-ng's configuration for the archives in `sources` (pure text)."""
    remaps = [
        f"Remap-lab{number}: http://{archive} ; http://{archive}"
        for number, archive in enumerate(archives(sources))
    ]
    return "\n".join([
        f"CacheDir: {_STORE}",
        f"LogDir: {paths.LOG}",
        "SupportDir: /usr/lib/apt-cacher-ng",
        f"BindAddress: {layout.CONTROLLER}",
        f"Port: {layout.APT_CACHE_LISTEN_PORT}",
        f"SocketPath: {paths.MACHINE / 'apt-cache.socket'}",
        f"PidFile: {paths.MACHINE / 'apt-cache.pid'}",
        "ForeGround: 1",
        "# Only what is listed here: anything else is refused, CONNECT included.",
        "ForceManaged: 1",
        "# Release files change; everything else is kept for good.",
        "ExThreshold: 30",
        "ReportPage:",
        "# A user image may be Ubuntu's.",
        "Remap-ubuntu: file:ubuntu_mirrors /ubuntu ; file:/etc/apt-cacher-ng/backends_ubuntu",
        *remaps,
        "",
    ])  # fmt: skip


def start() -> None:
    """Start the cache unless it answers and has the configuration of today's recipe."""
    wanted = configuration(image.SOURCES.read_text())
    file = _CONFIGURATION / "acng.conf"
    if answers() and file.exists() and file.read_text() == wanted:
        return
    processes.stop(NAME)
    for directory in (_CONFIGURATION, _STORE):
        directory.mkdir(parents=True, exist_ok=True)
    file.write_text(wanted)
    processes.start(NAME, ["apt-cacher-ng", "-c", str(_CONFIGURATION)])


def answers() -> bool:
    """Tell whether the cache answers on its address."""
    try:
        with urllib.request.urlopen(_URL, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
