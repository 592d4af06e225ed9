"""Whose certificates an application may show."""

import ssl

from boringmail.inbound.settings_file import ConfigError


def context(file: str, *, key: str) -> ssl.SSLContext:
    """Trusts the authority of a PEM file, or the system's if `file` is empty.

    Raises ConfigError, which begins with `key`: the configuration's file and the setting.
    """
    try:
        return ssl.create_default_context(cafile=file or None)
    except OSError as error:
        raise ConfigError(f"{key}: {file}: {error.strerror or error}") from error
