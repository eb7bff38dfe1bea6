# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""policy_export on the controller: compute the plans, and write their flows in the chosen formats."""

from __future__ import annotations

import os

from ansible_collections.fleet.ports.plugins.plugin_utils._common.controller_task import ControllerTask
from ansible_collections.fleet.ports.plugins.plugin_utils._export import export_files
from ansible_collections.fleet.ports.plugins.plugin_utils._export.export_files import Exports
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import variable_reader
from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import fleet_of
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request
from ansible_collections.fleet.ports.plugins.plugin_utils._report import writer


class ActionModule(ControllerTask):
    ARGUMENT_SPEC = export_files.ARGUMENT_SPEC

    def answer(self, arguments, task_vars):
        address_sets.require()
        formats = export_files.read_formats(arguments["formats"])
        names = variable_reader.host_names(arguments["hosts"], task_vars["groups"])
        fleet = fleet_of(Request({"on_conflict": "report"}), task_vars, self._templar.template)
        exports = Exports(formats, fleet.plans(names), fleet.system)
        # All files are computed before the first is written, so an error leaves no format half written.
        files = [(os.path.join(arguments["dest"], name), text) for name, text in exports.files()]
        return {
            "formats": list(formats),
            "dest": arguments["dest"],
            "paths": [path for path, _text in files],
            "notes": exports.notes(),
            **writer.write(files, self._task.check_mode, self._task.diff),
        }
