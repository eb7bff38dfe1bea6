# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What surrounds the rules of a family: its device, the table in the kernel, the default's action.

The way there and the way back are the same computation, from the state that is to the one that is wanted.
"""

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.filter import AVAILABLE


def commands(family, now, wanted, reload):
    """Return the commands from one state to another; ``reload`` says that the table in the kernel is stale."""
    version, device = f"-v{family}", f"ipsec_v{family}"
    found = []
    if wanted.device == AVAILABLE != now.device:
        found.append(("mkdev", "-c", "ipsec", "-t", str(family)))
    default = () if wanted.default == now.default else ("-z", wanted.default[0].upper())
    load = ("-u",) if wanted.loaded and (reload or not now.loaded) else ()
    unload = ("-d",) if now.loaded and not wanted.loaded else ()
    if default or load or unload:
        found.append(("mkfilt", version) + load + unload + default)
    if now.device == AVAILABLE != wanted.device:
        found.append(("rmdev", "-l", device) if wanted.device else ("rmdev", "-d", "-l", device))
    return found
