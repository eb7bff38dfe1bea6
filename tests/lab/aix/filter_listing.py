# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""lsfilt and ckfilt [C]: what the tables say, and whether conditions in them are closed."""

from . import filter_options, filter_rule
from .filter_rule import Rule
from .filter_tables import FilterTables


def lsfilt(program, arguments):
    """List the rules of a table; of the active one, without descriptions [C]."""
    options, _operands = program.options(arguments, "v:n:adsO")
    if "a" in options and "n" in options:
        program.fail("-n is not for active filter rules.")
    for family in [filter_options.family(program, options)] if "v" in options else ["4", "6"]:
        listed = FilterTables(program.state, family).listed("a" in options)
        if "n" in options:
            wanted = _numbers(options["n"])
            listed = [(number, entry) for number, entry in listed if number in wanted]
        if "O" not in options:
            program.say(f"Beginning of IPv{family} filter rules.")
        write = filter_rule.short if "O" in options else filter_rule.long
        for number, entry in listed:
            program.say(write(number, entry, with_description="a" not in options))
        if "O" not in options:
            program.say(f"End of IPv{family} filter rules.")


def ckfilt(program, arguments):
    """Check that each IF has its ENDIF and each ELSE stands within one."""
    options, _operands = program.options(arguments, "v:O")
    for family in [filter_options.family(program, options)] if "v" in options else ["4", "6"]:
        check_conditions(program, family)
        for number, entry in FilterTables(program.state, family).listed(active=False):
            program.say(filter_rule.short(number, entry))


def check_conditions(program, family):
    """End if a condition is left open."""
    depth = 0
    for entry in FilterTables(program.state, family).defined:
        action = entry["fields"][0] if entry["kind"] == "placement" else Rule(*entry["fields"]).action
        depth += {"if": 1, "endif": -1}.get(action, 0)
        if depth < 0 or (action == "else" and not depth):
            program.fail(f"{action.upper()} without IF in the IPv{family} filter rules.")
    if depth:
        program.fail(f"IF without ENDIF in the IPv{family} filter rules.")


def _numbers(text):
    found = set()
    for part in text.replace(",", " ").split():
        first, _dash, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found
