# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The System Resource Controller: lssrc, startsrc, stopsrc and refresh [C].

``stopsrc`` returns before the daemon is gone. The order of statd and lockd is not enforced by AIX; a wrong one is
written down under ``complaints``, for a test to find.
"""

import time

from . import daemons, faults
from .program import Exit

COLUMNS = " {:<17}{:<17}{:<13}{}"


def settle(state):
    """Bring the subsystems up to date: start those of the boot, end those whose time has come."""
    for name in state["to_start"]:
        _begin(state, name)
    state["to_start"] = []
    for found in state["subsystems"].values():
        if found["ends"] is not None and found["ends"] <= time.time():
            found.update(pid=None, ends=None, ports={})


def lssrc(program, arguments):
    """List a subsystem, a group, or all."""
    options, _operands = program.options(arguments, "as:g:")
    names = sorted(program.state["subsystems"]) if "a" in options else _named(program, options)
    program.say("Subsystem         Group            PID          Status ")
    for name in names:
        found = program.state["subsystems"][name]
        program.say(COLUMNS.format(name, found["group"], found["pid"] or "", _status(found)))


def startsrc(program, arguments):
    """Start subsystems."""
    program.must_be_root()
    options, _operands = program.options(arguments, "s:g:a:e:")
    for name in _named(program, options):
        found = program.state["subsystems"][name]
        if found["pid"]:
            program.complain(f"0513-029 The {name} Subsystem is already active.\nMultiple instances are not supported.")
            return int(program.state["unknowns"]["starting_an_active_subsystem_fails"])
        if name == "rpc.lockd" and not program.state["subsystems"]["rpc.statd"]["pid"]:
            program.state["complaints"].append("rpc.lockd was started before rpc.statd")
        _begin(program.state, name)
        program.say(f"0513-059 The {name} Subsystem has been started. Subsystem PID is {found['pid']}.")
    return 0


def stopsrc(program, arguments):
    """Ask subsystems to stop; they take their time."""
    program.must_be_root()
    options, _operands = program.options(arguments, "s:g:fc")
    for name in _named(program, options):
        found = program.state["subsystems"][name]
        if not found["pid"]:
            program.complain(f"0513-004 The Subsystem or Group, {name}, is currently inoperative.")
            return 1
        lockd = program.state["subsystems"]["rpc.lockd"]
        if name == "rpc.statd" and lockd["pid"] and lockd["ends"] is None:
            program.state["complaints"].append("rpc.statd was stopped before rpc.lockd")
        never = faults.wont_stop(program.state, name)
        found["ends"] = time.time() + (10**9 if never else program.state["stop_seconds"])
        program.say(f"0513-044 The {name} Subsystem was requested to stop.")
    return 0


def refresh(program, arguments):
    """Ask a subsystem to read its configuration again."""
    program.must_be_root()
    options, _operands = program.options(arguments, "s:g:")
    for name in _named(program, options):
        if not program.state["subsystems"][name]["pid"]:
            program.complain(f"0513-036 The request could not be passed to the {name} subsystem.\n"
                             "Start the subsystem and try your command again.")  # fmt: skip
            return 1
        if name == "inetd":
            daemons.read_inetd(program.state)
        program.say("0513-095 The request for subsystem refresh was completed successfully.")
    return 0


def _begin(state, name):
    state["subsystems"][name].update(pid=state["next_pid"], ends=None)
    state["next_pid"] += 18
    daemons.began(state, name)


def _status(found):
    if not found["pid"]:
        return "inoperative"
    return "active" if found["ends"] is None else "stopping"


def _named(program, options):
    """Return the subsystems of the name or the group that is asked for."""
    known = program.state["subsystems"]
    if "g" in options:
        names = [name for name in sorted(known) if known[name]["group"] == options["g"]]
        if not names:
            raise Exit(f"0513-086 The {options['g']} Group is not on file.")
    else:
        names = [name for name in [options.get("s", "")] if name in known]
        if not names:
            raise Exit(f"0513-085 The {options.get('s', '')} Subsystem is not on file.")
    return names
