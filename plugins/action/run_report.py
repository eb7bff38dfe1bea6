# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""run_report on the controller: read what was registered on each host, and sum it up."""

from __future__ import annotations

from ansible.plugins.action import ActionBase
from ansible_collections.fleet.ports.plugins.plugin_utils import _inventory, _run_results
from ansible_collections.fleet.ports.plugins.plugin_utils._errors import MatrixError

ARGUMENT_SPEC = {"hosts": {"type": "raw", "required": True}}


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _validation, arguments = self.validate_argument_spec(ARGUMENT_SPEC)
        try:
            names = _inventory.host_names(arguments["hosts"], task_vars["groups"])
        except MatrixError as error:
            result.update(failed=True, msg=str(error))
            return result
        # Results hold no templates; to look for some in ten thousand plans would take a minute.
        fleet = {name: _run_results.host_run(task_vars["hostvars"].raw_get(name)) for name in names}
        result.update(
            changed=False,
            counts=_run_results.counts(fleet),
            summary=_run_results.summary(fleet, predicted=self._task.check_mode),
            **{f"{state}_hosts": _run_results.hosts_in(fleet, state) for state in _run_results.STATES},
        )
        return result
