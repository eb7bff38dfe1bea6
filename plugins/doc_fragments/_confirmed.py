# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The internal options of modules whose changes are confirmed: ansible-test demands that each option is documented."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  _awaits:
    description: Internal. Set by the action plugin of this module.
    type: str
  _confirms:
    description: Internal. Set by the action plugin of this module.
    type: str
"""

    # For host_ports, whose action plugin computes everything that the host is told.
    HOST_PORTS = r"""
options:
  _wanted:
    description: Internal. Set by the action plugin of this module.
    type: dict
    default: {}
  _restored:
    description: Internal. Set by the action plugin of this module.
    type: dict
    default: {}
  _confirm_timeout:
    description: Internal. Set by the action plugin of this module.
    type: int
"""
