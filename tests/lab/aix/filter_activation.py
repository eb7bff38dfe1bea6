# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""mkfilt [C]: activates the defined table, takes the active one away, sets the default's action, starts the log.

What ``-z`` prints is shown in [P]. That nothing is loaded while the device isn't available is not documented.
"""

from . import filter_options
from .filter_listing import check_conditions
from .filter_tables import FilterTables

ACTIONS = {"P": "permit", "D": "deny"}


def mkfilt(program, arguments):
    """Do what the flags say, for both families if none is named."""
    program.must_be_root()
    options, _operands = program.options(arguments, "v:duz:g:i")
    if "d" in options and "u" in options:
        program.fail("-d and -u exclude each other.")
    for family in [filter_options.family(program, options)] if "v" in options else ["4", "6"]:
        _activate(program, family, options)


def _activate(program, family, options):
    tables = FilterTables(program.state, family)
    if program.state["devices"].get("ipsec_v" + family) != "Available":
        program.fail(f"the device ipsec_v{family} is not available.")
    if "z" in options:
        if options["z"].upper() not in ACTIONS:
            program.fail(f"-z can't be {options['z']!r}.")
        action = ACTIONS[options["z"].upper()]
        tables.tables["default"] = action
        if tables.tables["active"]:
            tables.tables["active"]["default"] = action
        program.say(f"Default rule for IPv{family} in ODM has been changed.")
        program.say(f"Successfully set default action to {action.upper()}")
    if "u" in options:
        check_conditions(program, family)
        tables.load()
    if "d" in options:
        tables.unload()
    if "g" in options:
        tables.tables["logging"] = options["g"] == "start"
