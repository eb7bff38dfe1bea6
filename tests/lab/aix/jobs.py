# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""at: what is to be done once, later [C]; cron starts it in its minute, or at its own start if that is past.

The job's name is that of its file in /var/spool/cron/atjobs: user, moment, queue. Of the ways to give a moment only
``-t`` is simulated.
"""

import re
import sys
import time

_MOMENT = re.compile(r"(?:(\d\d)?(\d\d))?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$")
_SHOWN = "%a %b %e %H:%M:%S %Z %Y"


def at(program, arguments):
    """Take a job from standard input, list jobs, or remove some."""
    program.must_be_root()
    options, operands = program.options(arguments, "lrmt:q:")
    jobs = program.state["jobs"]
    if "l" in options:
        for name in sorted(jobs):
            program.say(f"{name}\t{_shown(jobs[name]['moment'])}")
    elif "r" in options:
        for name in operands:
            if name not in jobs:
                program.fail(f"The {name} at job does not exist.")
            del jobs[name]
            program.say(f"at file: {name} deleted")
    elif "t" in options:
        _add(program, jobs, options["t"])
    else:
        program.fail("only -l, -r and -t are simulated.")


def due(state):
    """Take the jobs whose time has come out of the state, and return their commands in order."""
    names = sorted(
        (name for name, job in state["jobs"].items() if job["moment"] <= time.time()),
        key=lambda name: state["jobs"][name]["moment"],
    )
    return [state["jobs"].pop(name)["command"] for name in names]


def _add(program, jobs, text):
    found = _MOMENT.match(text)
    if not found:
        program.fail(f"{text} is not a date.")
    century, year, month, day, hour, minute, second = found.groups()
    year = (century or "20") + year if year else time.strftime("%Y")
    moment = time.mktime(time.strptime("".join((year, month, day, hour, minute, second or "00")), "%Y%m%d%H%M%S"))
    if moment <= time.time():
        program.fail("too late.")
    number = int(moment)
    while f"root.{number}.a" in jobs:
        number += 1
    jobs[f"root.{number}.a"] = {"moment": moment, "command": sys.stdin.read()}
    program.complain(f"Job root.{number}.a will be run at {_shown(moment)}.")


def _shown(moment):
    return time.strftime(_SHOWN, time.localtime(moment))
