# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults to be switched on: a program that fails at one of its calls, a daemon that won't stop, a killed caller."""


def fault(
    program, call=1, done=False, message="0503-999 An error was ordered by the test.", code=1, kills_caller=False
):
    """Return a fault: the call (counted from now) of a program fails, after it has ``done`` its work or without.

    With ``kills_caller`` the program works, and then whoever started it is killed.
    """
    return {"program": program, "call": call, "done": done, "message": message, "code": code, "kills": kills_caller}


def stubborn(subsystem):
    """Return the fault of a daemon that won't stop."""
    return {"program": None, "subsystem": subsystem}


def due(state, program):
    """Count a call of a program and return the fault that this call has, if any; it happens once."""
    for found in state["faults"]:
        if found["program"] == program:
            found["call"] -= 1
            if found["call"] == 0:
                state["faults"].remove(found)
                return found
    return None


def wont_stop(state, subsystem):
    """Tell whether a daemon is a stubborn one."""
    return any(found.get("subsystem") == subsystem for found in state["faults"])
