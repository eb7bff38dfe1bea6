# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules in the languages of network firewalls, written by aerleon."""

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

# Aerleon writes for a device without other rules. The rules of fleet.ports are added to others, which must stay as they
# are. For each target: what would overwrite other rules, or add rules twice if loaded twice, and its replacement.
_KEEP_OTHER_RULES = {
    "srx": (r"\breplace: ", ""),
    # The number 0 means the next free one.
    "fortigate": (r"(?m)^    edit [0-9]+$", "    edit 0"),
    "nftables": (
        r"(?m)^table (ip6?) filtering_policies \{$",
        r"table \1 fleet_ports\ndelete table \1 fleet_ports\ntable \1 fleet_ports {",
    ),
}


def require(name: str) -> None:
    """Raise MatrixError if aerleon is missing; ``name`` is the format that needs it."""
    if api is None:
        raise MatrixError(
            f"Format {name} requires the Python package aerleon on the controller or in its execution environment."
            " Install it with 'pip install aerleon'."
        )


def rules(name: str, platform: Platform, terms: Collection[Term]) -> str:
    """Return the terms in the language of the platform. Raise MatrixError if aerleon cannot write them."""
    # Its warnings about terms that become several rules are of no use here.
    logging.set_verbosity(logging.ERROR)
    policy = {"filename": name, **aerleon_policy.policy([platform], terms)}
    definitions = naming.Naming()
    definitions.ParseDefinitionsObject(aerleon_policy.definitions(terms), name)
    try:
        written = api.Generate([policy], definitions)
    except (aclgen.ACLGeneratorError, aclgen.ACLParserError, ValueError) as error:
        raise MatrixError(f"Cannot write {name}: aerleon reports: {error}.") from error
    if not written:
        raise MatrixError(f"Cannot write {name} with this release of aerleon. Install a newer one.")
    (text,) = written.values()
    if platform.target in _KEEP_OTHER_RULES:
        text = re.sub(*_KEEP_OTHER_RULES[platform.target], text)
    return text.rstrip("\n") + "\n"
