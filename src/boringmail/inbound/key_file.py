"""The webhook keys of one endpoint: from a systemd credential if there is one, else from a file."""

import os
from pathlib import Path

from boringmail.inbound import webhook
from boringmail.inbound.settings_file import ConfigError


def located(credential: str, file: str) -> Path:
    """The file that holds the keys."""
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    if directory and (found := Path(directory) / credential).is_file():
        return found
    return Path(file)


def read(path: Path, *, key: str) -> tuple[bytes, ...]:
    """The keys. Raises ConfigError, which names the file and the setting `key`, never what is in the file."""
    try:
        return webhook.read_keys(path.read_text("ascii"))
    except OSError as error:
        raise ConfigError(f"{path}: {key}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: {key}: is no text") from None
    except webhook.WebhookKeyError as error:
        raise ConfigError(f"{path}: {key}: {error}") from None
