# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""expfilt and impfilt [C]: rules for another host. They are no backup: descriptions are left out, directions swapped.

The form of the file is not documented; this one is ours.
"""

import os

from . import filter_options, filter_rule
from .filter_tables import FilterTables

FILE = "ipsec_fltr_rule.exp"
OTHER_WAY = {"inbound": "outbound", "outbound": "inbound", "both": "both"}


def expfilt(program, arguments):
    """Write the rules to a folder; without ``-r``, as the host at the other end needs them."""
    program.must_be_root()
    options, _operands = program.options(arguments, "pqrv:f:l:")
    if "f" not in options:
        program.fail("-f is missing.")
    os.makedirs(options["f"], exist_ok=True)
    with open(os.path.join(options["f"], FILE), "w") as file:
        for family in [filter_options.family(program, options)] if "v" in options else ["4", "6"]:
            for entry in FilterTables(program.state, family).defined:
                if entry["kind"] == "manual":
                    rule = filter_rule.Rule(*entry["fields"])._replace(description="")
                    if "r" not in options:
                        rule = rule._replace(direction=OTHER_WAY[rule.direction])
                    file.write("|".join((family,) + rule) + "\n")


def impfilt(program, arguments):
    """Add the rules of a folder at the end of the tables."""
    program.must_be_root()
    options, _operands = program.options(arguments, "v:f:l:")
    path = os.path.join(options.get("f", ""), FILE)
    if not os.path.exists(path):
        program.fail(f"{path} can't be read.")
    with open(path) as file:
        for line in file:
            family, *fields = line.rstrip("\n").split("|")
            if options.get("v", family) == family:
                FilterTables(program.state, family).insert(program, filter_rule.Rule(*fields))
