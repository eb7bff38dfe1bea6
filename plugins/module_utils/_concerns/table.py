# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The concerns of a host, one row each. Their order, in which they are applied, is that of :data:`records.CONCERNS`."""


def load(name):
    """Return the concern of this name (see :mod:`concern_module` for its face).

    Only its own code is imported: modules reach a host without byte code, so that to import is to compile.
    """
    if name == "services":
        from ansible_collections.fleet.ports.plugins.module_utils._services import concern
    elif name == "holds":
        from ansible_collections.fleet.ports.plugins.module_utils._holds import concern
    elif name == "pins":
        from ansible_collections.fleet.ports.plugins.module_utils._pins import concern
    else:
        from ansible_collections.fleet.ports.plugins.module_utils._flows import concern
    return concern
