# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action firewall_flows confirms the changes of the module of its name."""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.action.firewall_flows import ActionModule
from ansible_collections.fleet.ports.plugins.plugin_utils._common.confirming_action import ConfirmingAction


def test_the_changes_of_the_module_are_confirmed():
    assert issubclass(ActionModule, ConfirmingAction)
    assert ActionModule.MODULE == "fleet.ports.firewall_flows"
