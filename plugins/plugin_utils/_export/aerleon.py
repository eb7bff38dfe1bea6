# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running aerleon, which writes a policy in the languages of network firewalls."""

from __future__ import annotations

import re
from collections.abc import Collection

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._export import aerleon_policy
from ansible_collections.fleet.ports.plugins.plugin_utils._export.aerleon_policy import Platform
from ansible_collections.fleet.ports.plugins.plugin_utils._export.terms import Term

try:
    from absl import logging
    from aerleon import aclgen, api
    from aerleon.lib import naming
except ImportError:
    api = None

# Aerleon writes for a device that has no other rules; ours are some among others, and are to leave those alone. Of each
# target, what would overwrite others, or come twice if it is loaded twice, and what stands there instead.
_FOR_A_DEVICE_WITH_OTHERS = {
    "srx": (r"\breplace: ", ""),
    # The number 0 is the next that is free.
    "fortigate": (r"(?m)^    edit [0-9]+$", "    edit 0"),
    "nftables": (
        r"(?m)^table (ip6?) filtering_policies \{$",
        r"table \1 fleet_ports\ndelete table \1 fleet_ports\ntable \1 fleet_ports {",
    ),
}


def require(name: str) -> None:
    """Say so if the library is missing."""
    if api is None:
        raise MatrixError(
            f"{name} needs the Python package aerleon, which the controller or its execution environment lacks; "
            "install it there with 'pip install aerleon'."
        )


def rules(name: str, platform: Platform, terms: Collection[Term]) -> str:
    """Return the terms in the platform's language."""
    # It warns where it writes several rules of one, which is nothing to worry about.
    logging.set_verbosity(logging.ERROR)
    policy = {"filename": name, **aerleon_policy.policy([platform], terms)}
    definitions = naming.Naming()
    definitions.ParseDefinitionsObject(aerleon_policy.definitions(terms), name)
    try:
        written = api.Generate([policy], definitions)
    except (aclgen.ACLGeneratorError, aclgen.ACLParserError, ValueError) as error:
        raise MatrixError(f"{name} cannot be written, aerleon says: {error}.") from error
    if not written:
        raise MatrixError(f"{name} cannot be written by this release of aerleon; install a newer one.")
    (text,) = written.values()
    if platform.target in _FOR_A_DEVICE_WITH_OTHERS:
        text = re.sub(*_FOR_A_DEVICE_WITH_OTHERS[platform.target], text)
    return text.rstrip("\n") + "\n"
