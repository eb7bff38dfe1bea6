# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""oslevel, bootinfo, getconf and lslpp: what says which AIX this is, and on which machine."""

LEVEL = "7200-05-10-2520"


def oslevel(program, arguments):
    """Say which level is installed."""
    options, _operands = program.options(arguments, "sr")
    program.say(LEVEL if "s" in options else LEVEL[:7] if "r" in options else "7.2.0.0")


def bootinfo(program, arguments):
    """Say which kind of machine it is."""
    options, _operands = program.options(arguments, "pKy")
    program.say("chrp" if "p" in options else "64")


def getconf(program, arguments):
    """Say what a configuration variable is; only one is known, the one that Ansible's facts need."""
    if arguments != ["MACHINE_ARCHITECTURE"]:
        program.fail(f"{' '.join(arguments)} is not simulated.")
    program.say("chrp")


def lslpp(program, arguments):
    """List filesets that are installed."""
    _options, operands = program.options(arguments, "lLqc")
    filesets = program.state["filesets"]
    wanted = [name for name in sorted(filesets) if any(name.startswith(each.rstrip("*")) for each in operands or [""])]
    if not wanted:
        program.fail(f"0504-132 Fileset {' '.join(operands)} not installed.")
    for name in wanted:
        program.say(f"  {name:<26} {filesets[name]:<10} COMMITTED")
