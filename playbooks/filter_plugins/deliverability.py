"""Filters that turn the deliverability modules' results into verify.yml's table and verdict."""

from collections.abc import Callable

from boringmail.checks import result, table


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., object]]:
        """Filter names and functions; the thinking and the tests are with `boringmail.checks`."""
        return {"mail_report": result.report, "mail_table": table.render}
