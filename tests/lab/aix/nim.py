# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""lsnim [C] on a NIM master: the objects of its database, as stanzas or in columns."""

from .program import Exit


def lsnim(program, arguments):
    """List objects: all, of a class or type, or one; ``-l`` with all attributes, ``-a`` with some."""
    options, operands = program.options(arguments, "lc:t:a:OZ")
    found = program.state["nim"]
    for name in operands:
        if name not in found:
            raise Exit(f'0042-053 lsnim: there is no NIM object named "{name}"')
    shown = [
        name for name in operands or found
        if options.get("c", found[name]["class"]) == found[name]["class"]
        and options.get("t", found[name]["type"]) == found[name]["type"]
    ]  # fmt: skip
    for name in shown:
        if "l" in options or "a" in options:
            wanted = [options["a"]] if "a" in options else list(found[name])
            program.say(f"{name}:")
            for attribute in wanted:
                if attribute in found[name]:
                    program.say(f"   {attribute:<14} = {found[name][attribute]}")
        else:
            program.say(f"{name:<20} {found[name]['class']:<12} {found[name]['type']}")
