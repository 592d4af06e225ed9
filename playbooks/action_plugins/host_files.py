"""Controller's half of `host_files`: renders a role's templates, reads its files, sends them all at once."""

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import lookup_loader

WORDS = frozenset({"templates", "copies", "mode"})


class ActionModule(ActionBase):  # type: ignore[misc] - Ansible ships no types
    """What Ansible looks for."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Render and read on the controller, then let the module compare and write on the host."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        given = self._task.args
        if unknown := sorted(set(given) - WORDS):
            words = ", ".join(sorted(WORDS))
            raise AnsibleActionFail(f"host_files knows no {', '.join(unknown)}; it takes {words}")
        variables = task_vars or {}
        contents = {path: self._rendered(path, variables) for path in given.get("templates", [])}
        contents |= {path: self._read(path) for path in given.get("copies", [])}
        files = [{"path": f"/{path}", "content": content} for path, content in contents.items()]
        arguments = {"rendered": files, "mode": given.get("mode", "0644")}
        return result | self._execute_module(
            module_name="host_files", module_args=arguments, task_vars=variables
        )

    def _rendered(self, path: str, variables: dict[str, Any]) -> str:
        lookup = lookup_loader.get("ansible.builtin.template", loader=self._loader, templar=self._templar)
        return str(lookup.run([f"{path}.j2"], variables=variables)[0])

    def _read(self, path: str) -> str:
        return Path(self._find_needle("files", path)).read_text(encoding="utf-8")
