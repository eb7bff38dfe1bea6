# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""genfilt, chfilt, rmfilt and mvfilt [C]: they edit the defined table; nothing takes effect before ``mkfilt -u``.

What they print is not documented, but for the form "Filter rule N for IPv4 has been added successfully" in field notes.
"""

from . import filter_options
from .filter_rule import Rule, rule
from .filter_tables import FilterTables


def genfilt(program, arguments):
    """Add a rule."""
    program.must_be_root()
    options, _operands = program.options(arguments, filter_options.FLAGS)
    family = filter_options.family(program, options)
    for mandatory in "sm":
        if mandatory not in options:
            program.fail(f"-{mandatory} is missing.")
    new = rule(family, **filter_options.fields(program, options))
    number = _number(program, options["n"]) if "n" in options else None
    number = FilterTables(program.state, family).insert(program, new, number)
    program.say(f"Filter rule {number} for IPv{family} has been added successfully.")


def chfilt(program, arguments):
    """Change a rule's fields, those that are named."""
    program.must_be_root()
    options, _operands = program.options(arguments, filter_options.FLAGS)
    family = filter_options.family(program, options)
    number = _number(program, options.get("n", ""))
    entry = FilterTables(program.state, family).entry(program, number)
    entry["fields"] = list(Rule(*entry["fields"])._replace(**filter_options.fields(program, options)))
    program.say(f"Filter rule {number} for IPv{family} has been changed successfully.")


def rmfilt(program, arguments):
    """Remove a rule, or all that were not the system's."""
    program.must_be_root()
    options, _operands = program.options(arguments, "v:n:f")
    family = filter_options.family(program, options)
    tables = FilterTables(program.state, family)
    if options.get("n") == "all":
        tables.defined[:] = [entry for entry in tables.defined if entry["kind"] != "manual"]
        program.say(f"All the user defined filter rules for IPv{family} have been removed successfully.")
        return
    number = _number(program, options.get("n", ""))
    tables.entry(program, number)
    del tables.defined[number - 1]
    program.say(f"Filter rule {number} for IPv{family} has been removed successfully.")


def mvfilt(program, arguments):
    """Move a rule to another place."""
    program.must_be_root()
    options, _operands = program.options(arguments, "v:p:n:")
    family = filter_options.family(program, options)
    tables = FilterTables(program.state, family)
    before, after = _number(program, options.get("p", "")), _number(program, options.get("n", ""))
    moved = tables.entry(program, before)
    tables.entry(program, after)
    del tables.defined[before - 1]
    tables.defined.insert(after - 1, moved)
    program.say(f"Filter rule {before} for IPv{family} has been moved to {after} successfully.")


def _number(program, text):
    if not text.isdigit():
        program.fail(f"-n: {text!r} is no filter rule's number.")
    return int(text)
