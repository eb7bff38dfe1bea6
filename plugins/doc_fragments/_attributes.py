# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ``attributes`` block that all modules of the collection share."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  action_group:
    description: >-
      Use C(group/fleet.ports.all) in C(module_defaults) to set an option for all modules of the collection in a play.
      Set only options that each of them has, for example O(ignore:state) for those that change hosts.
    support: full
    membership:
      - fleet.ports.all
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: full
  idempotent:
    description: When run twice in a row with the same arguments, the second run changes nothing.
    support: full
"""

    # For modules that change a managed node.
    HOST = r"""
options: {}
attributes:
  platform:
    description: Target OS or families that can be operated against.
    platforms: linux
    support: full
"""

    # For what runs on the controller, as an action plugin.
    CONTROLLER = r"""
options: {}
attributes:
  action:
    description: Indicates this has a corresponding action plugin so some parts of the options can be executed on the controller.
    support: full
  connection:
    description: Uses the target's configured connection information to execute code on it.
    support: none
  platform:
    description: Target OS or families that can be operated against.
    platforms: all
    support: full
"""
