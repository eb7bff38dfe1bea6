# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""drift_report on the controller: read what was registered on each host, write it down, and sum it up."""

from __future__ import annotations

import os

from ansible_collections.fleet.ports.plugins.plugin_utils._common.controller_task import ControllerTask
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import variable_reader
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import hosts_with_role, members_of
from ansible_collections.fleet.ports.plugins.plugin_utils._report import writer
from ansible_collections.fleet.ports.plugins.plugin_utils._runs import documents
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.audit import DIFFERS, NOT_AUDITED, host_drift
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.states import hosts_in


class ActionModule(ControllerTask):
    ARGUMENT_SPEC = {
        "hosts": {"type": "raw", "required": True},
        "report_dir": {"type": "path", "required": True},
    }

    def answer(self, arguments, task_vars):
        folder = arguments["report_dir"]
        names = variable_reader.host_names(arguments["hosts"], task_vars["groups"])
        # Results hold no templates; to look for some in ten thousand plans would take a minute.
        fleet = {name: host_drift(task_vars["hostvars"].raw_get(name)) for name in names}
        hosts_with_role = self._hosts_with_role(task_vars)
        files = [
            (os.path.join(folder, "audit.json"), documents.json_document(fleet, hosts_with_role)),
            (os.path.join(folder, "audit.md"), documents.markdown_document(fleet, hosts_with_role)),
        ]
        return {
            **writer.write(files, self._task.check_mode, self._task.diff),
            "report_dir": folder,
            "counts": documents.counts(fleet),
            "differs": hosts_in(fleet, DIFFERS),
            "not_audited": hosts_in(fleet, NOT_AUDITED),
            "summary": documents.summary(fleet, hosts_with_role),
        }

    def _hosts_with_role(self, task_vars):
        here = task_vars["inventory_hostname"]
        read = variable_reader.reader(task_vars, self._templar.template)
        role_groups = variable_reader.role_groups(read(here), here)
        return len(hosts_with_role(members_of(task_vars["groups"], role_groups)))
