# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands that insert a rule into the defined table and remove one: every field is always passed.

The defaults of ``genfilt`` are wider than a narrow rule: without ``-g``, it would match source-routed packets.
"""

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

_ACTION = {"permit": "P", "deny": "D"}
_YES_NO = {"yes": "Y", "no": "N"}
_ROUTING = {"both": "B", "route": "R", "local": "L"}
_DIRECTION = {"both": "B", "inbound": "I", "outbound": "O"}
_FRAGMENTS = {
    "all packets": "Y",
    "unfragmented packets only": "N",
    "fragments and fragment headers only": "O",
    "fragment headers and unfragmented packets only": "H",
}
_PATTERN = {"Pattern": "-x", "Pattern File": "-X", "Anti-Virus Patterns": "-C"}


def insert(family, rule, before=None):
    """Return the command for a rule before the one of a number, or at the end if none is given."""
    try:
        command = [
            "genfilt", "-v", str(family), *(("-n", str(before)) if before is not None else ()),
            "-a", _ACTION[rule.action],
            "-s", rule.source, "-m", rule.source_mask, "-d", rule.destination, "-M", rule.destination_mask,
            "-g", _YES_NO[rule.source_routing], "-c", rule.protocol,
            "-o", rule.source_operator, "-p", rule.source_port,
            "-O", rule.destination_operator, "-P", rule.destination_port,
            "-r", _ROUTING[rule.routing], "-w", _DIRECTION[rule.direction], "-l", _YES_NO[rule.log],
            "-f", _FRAGMENTS[rule.fragments], "-t", rule.tunnel, "-i", rule.interface, "-D", rule.description,
        ]  # fmt: skip
        if rule.expiration != "0":
            command += ["-e", rule.expiration]
        if rule.pattern_type:
            command += [_PATTERN[rule.pattern_type], rule.pattern]
    except KeyError as unknown:
        raise HostError(f"genfilt has no flag for {unknown} of the rule {'|'.join(rule)}; nothing was changed.")
    return command


def remove(family, number):
    """Return the command that removes the rule of a number."""
    return ["rmfilt", "-v", str(family), "-n", str(number)]
