"""boringmail: the daemons and the command line of a mail gateway."""

__version__ = "0.1.0"
