# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""mkdev, rmdev and lsdev [C], as far as the ipsec devices go; what they print is shown in [D] and [P]."""

KINDS = {"4": ("ipsec_v4", "IP Version 4 Security Extension"), "6": ("ipsec_v6", "IP Version 6 Security Extension")}


def mkdev(program, arguments):
    """Make a device available: ``mkdev -c ipsec -t 4``, also written ``mkdev -l ipsec -t 4``."""
    program.must_be_root()
    options, _operands = program.options(arguments, "c:s:t:l:")
    if "ipsec" not in (options.get("c"), options.get("l")) or options.get("t") not in KINDS:
        program.fail("0514-024 The device class, subclass and type are not in the predefined database.")
    if "bos.net.ipsec.rte" not in program.state["filesets"]:
        program.fail("0514-024 The device class, subclass and type are not in the predefined database.")
    name = KINDS[options["t"]][0]
    program.state["devices"][name] = "Available"
    program.say(f"{name} Available")


def rmdev(program, arguments):
    """Take a device out of use: ``rmdev -l ipsec_v4``; the active table goes with it."""
    program.must_be_root()
    options, _operands = program.options(arguments, "l:d")
    name = options.get("l")
    if name not in program.state["devices"]:
        program.fail(f"0514-521 Cannot find information in the database about the device {name}.")
    program.state["filters"][name[-1]]["active"] = None
    if "d" in options:
        del program.state["devices"][name]
        program.say(f"{name} deleted")
    else:
        program.state["devices"][name] = "Defined"
        program.say(f"{name} Defined")


def lsdev(program, arguments):
    """List devices of a class (``lsdev -Cc ipsec``), or one of a name (``lsdev -l ipsec_v4``)."""
    options, _operands = program.options(arguments, "Cc:l:F:")
    if options.get("c", "ipsec") != "ipsec":
        return
    for name, text in KINDS.values():
        if name in program.state["devices"] and options.get("l", name) == name:
            program.say(f"{name} {program.state['devices'][name]:<10}{text}")
