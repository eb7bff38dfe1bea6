# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host job without systemd, as on AIX: `at` starts the program, at a full minute and also after a reboot.

A job that is due in seconds is started at once besides, as a process that waits, and that a reboot ends. Whichever of
the two is first does the work.
"""

import platform
import re
import shlex
import time

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

_JOB = re.compile(r"\bjob (\S+)", re.IGNORECASE)


class At:
    """The job of `at` whose number is stored in a file.

    :param note: the path of that file.
    :param run: starts a program, as :func:`commands.run` does.
    :param find: returns the path of a program, or None, as :func:`commands.find` does.
    """

    def __init__(self, note, run, find):
        self._note = note
        self._run = run
        self._at = find("at")

    def start_in(self, seconds, command):
        """Start the command, which itself waits as long as it has to, now, and by `at` once more after a reboot."""
        if self._at:
            self.start_at(time.time() + seconds, command)
        commands.start(command)

    def start_at(self, moment, command):
        """Start the command in the minute after the moment (seconds since the epoch), or after the next boot."""
        if not self._at:
            raise HostError("This host has neither systemd nor at to run a job later. Install at.")
        environment, clock = _time_zone()
        minute = time.strftime("%Y%m%d%H%M", clock((moment // 60 + 1) * 60))
        self.forget()
        words = " ".join(map(shlex.quote, command))
        answer = self._run([self._at, "-t", minute], data=words, cwd="/", environ_update=environment)
        commands.checked(("at", "-t", minute), answer)
        number = _JOB.search(answer[1] + answer[2])
        if number:
            atomic_file.write(self._note, number.group(1).encode(), mode=0o600)

    def is_set(self):
        """Return whether a job is noted."""
        return atomic_file.read(self._note) is not None

    def forget(self):
        """Remove the job that is noted; a process that waits finds later that nothing is left to do."""
        note = atomic_file.read(self._note)
        if note and self._at:
            number = note.decode()
            answer = self._run([self._at, "-r", number], cwd="/")
            if answer[0] != 0 and number in self._numbers():
                commands.checked(("at", "-r", number), answer)
            atomic_file.remove(self._note)

    def _numbers(self):
        """Return the words of the list of jobs, among which are their numbers; a job that has run is not in it."""
        return commands.checked(("at", "-l"), self._run([self._at, "-l"], cwd="/")).split()


def _time_zone():
    """Return the environment that tells `at` its time zone, and the function that splits moments in that zone.

    In local time one hour of autumn occurs twice. POSIX specifies that `at` respects TZ; the documentation of AIX does
    not mention it.
    """
    return ({}, time.localtime) if platform.system() == "AIX" else ({"TZ": "UTC0"}, time.gmtime)
