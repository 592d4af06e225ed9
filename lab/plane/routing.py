"""Makes the router follow the API: applies the generated rule set, the smallest part that differs.

Connection tracking outlives a change of rules, so established mail sessions of other hosts go on.
"""

from lab import layout, paths
from lab.plane.firewall import TABLE, RuleSet, generate, port_25_elements
from lab.plane.state import Snapshot
from lab.shell import in_namespace, run

_SEPARATOR = "# elements\n"
_APPLIED = paths.MACHINE / "router.nft"
_PORT_25_BLOCKED = paths.MACHINE / "port-25-blocked"


def apply_routing(snapshot: Snapshot) -> None:
    """Make the router's rules those of the snapshot; nothing is done when they are so already."""
    _apply(generate(snapshot))


def port_25_blocked() -> bool:
    """Tell whether instances are kept from reaching port 25 outside the VPC, as on a new AWS account."""
    return _PORT_25_BLOCKED.exists()


def set_port_25_blocked(*, blocked: bool) -> None:
    """Block or open port 25 out of the instances, in the router at once."""
    if blocked:
        _PORT_25_BLOCKED.touch()
    else:
        _PORT_25_BLOCKED.unlink(missing_ok=True)
    _nft(port_25_elements(blocked=blocked))


def loaded() -> bool:
    """Tell whether the router has a rule set of ours."""
    return (
        run(in_namespace(layout.ROUTER, ["nft", "list", "table", "ip", TABLE]), check=False).returncode == 0
    )


def restore() -> None:
    """Give a router that was rebuilt the rules that the last one had; failing that, an empty account's."""
    if loaded():
        return
    if _APPLIED.exists():
        structure, _, elements = _APPLIED.read_text().partition(_SEPARATOR)
        _apply(RuleSet(structure, elements))
    else:
        apply_routing(Snapshot())


def _apply(wanted: RuleSet) -> None:
    """Load the rule set unless it is loaded: the elements alone where the structure is the same."""
    before, _, elements = _APPLIED.read_text().partition(_SEPARATOR) if _APPLIED.exists() else ("", "", "")
    if not loaded():
        before = elements = ""
    if before == wanted.structure and elements == wanted.elements:
        return
    script = wanted.elements
    if before != wanted.structure:
        # "add" first, because deleting a table that is not there is an error.
        script = f"add table ip {TABLE}\ndelete table ip {TABLE}\n{wanted.structure}{wanted.elements}"
    _nft(script + port_25_elements(blocked=port_25_blocked()))
    part = _APPLIED.with_suffix(".new")
    part.write_text(f"{wanted.structure}{_SEPARATOR}{wanted.elements}")
    part.rename(_APPLIED)


def _nft(script: str) -> None:
    """Run a script in the router as one transaction."""
    run(in_namespace(layout.ROUTER, ["nft", "-f", "-"]), stdin=script)
