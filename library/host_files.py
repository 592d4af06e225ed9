#!/usr/bin/python
"""Several files of a role in one go: a task and a connection for all instead of one for each."""

DOCUMENTATION = r"""
---
module: host_files
short_description: Install several files of a role at once
description:
  - Does for a list of files what M(ansible.builtin.template) and M(ansible.builtin.copy) do for one; a loop
    over those takes half a second and more for each file, on every run.
  - A role's C(templates/) and C(files/) mirror the host's tree, so a file is named by its path there alone.
  - Files are replaced whole or not at all; missing directories are made, owned by root with mode 0755.
options:
  templates:
    description: Paths below C(/), each rendered from C(templates/<path>.j2).
    type: list
    elements: str
    default: []
  copies:
    description: Paths below C(/), each copied from C(files/<path>), which is text.
    type: list
    elements: str
    default: []
  mode: {description: Mode of each file; owner and group are root., type: str, default: "0644"}
  rendered:
    description: What the controller's half hands over; not for playbooks.
    type: list
    elements: dict
    default: []
    suboptions:
      path: {description: Absolute path., type: path, required: true}
      content: {description: The whole text., type: str, required: true}
author: boringmail
attributes:
  check_mode: {support: full, description: Says what would change.}
  diff_mode: {support: full, description: Shows each file that changes.}
"""

EXAMPLES = r"""
- name: Install the units
  host_files:
    templates: [etc/systemd/system/a.service, etc/systemd/system/a.socket]
    copies: [etc/systemd/system/a.timer]
"""

RETURN = r"""
changed_paths:
  description: The files that were written or whose owner or mode was mended.
  returned: always
  type: list
  elements: str
  sample: [/etc/systemd/system/a.socket]
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

OPTIONS = {
    "templates": {"type": "list", "elements": "str", "default": []},
    "copies": {"type": "list", "elements": "str", "default": []},
    "rendered": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {"path": {"type": "path", "required": True}, "content": {"type": "str", "required": True}},
    },
    "mode": {"type": "str", "default": "0644"},
}


def install(module: AnsibleModule, path: Path, content: str, mode: str) -> dict[str, Any] | None:
    """Make one file right and return the difference, or None when it was right already."""
    try:
        old = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        old = None
    if old != content and not module.check_mode:
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        handle, new = tempfile.mkstemp(dir=module.tmpdir)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        module.atomic_move(new, str(path))
    differs = old != content
    if path.exists():
        differs = module.set_owner_if_different(str(path), "root", differs)
        differs = module.set_group_if_different(str(path), "root", differs)
        differs = module.set_mode_if_different(str(path), mode, differs)
    if not differs:
        return None
    return {"before_header": str(path), "after_header": str(path), "before": old or "", "after": content}


def main() -> None:
    """Declare and run."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    differences = {}
    for file in module.params["rendered"]:
        if difference := install(module, Path(file["path"]), file["content"], module.params["mode"]):
            differences[file["path"]] = difference
    module.exit_json(
        changed=bool(differences), changed_paths=list(differences), diff=list(differences.values())
    )


if __name__ == "__main__":
    main()
