# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""firewall_flows from the controller: apply, connect anew, confirm."""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.plugin_utils._common.confirming_action import ConfirmingAction


class ActionModule(ConfirmingAction):
    MODULE = "fleet.ports.firewall_flows"
