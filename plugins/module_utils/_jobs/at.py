# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host job without systemd, as on AIX: `at` starts the program, to the minute and through a reboot.

What has to be done in seconds is waited for by a process of its own besides, which a reboot ends: whichever is first
does the work.
"""

import platform
import re
import shlex
import time

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

_JOB = re.compile(r"\bjob (\S+)", re.IGNORECASE)


class At:
    """The job of at whose number is noted in a file."""

    def __init__(self, note, run, find):
        self._note = note
        self._run = run
        self._at = find("at")

    def start_in(self, seconds, command):
        """Start it now, for it knows how long to wait, and once more after a reboot where there is `at`."""
        if self._at:
            self.start_at(time.time() + seconds, command)
        commands.start(command)

    def start_at(self, moment, command):
        """Start it in the minute after the moment, or when cron runs again after a boot."""
        if not self._at:
            raise HostError("This host has neither systemd nor at to start something later; install at.")
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
        """Tell whether a job is noted."""
        return atomic_file.read(self._note) is not None

    def forget(self):
        """Remove the job that was noted; a process sees for itself that there is nothing left to do."""
        number = atomic_file.read(self._note)
        if number and self._at:
            self._run([self._at, "-r", number.decode()], cwd="/")  # one that has run is gone already
            atomic_file.remove(self._note)


def _time_zone():
    """Return the environment that tells `at` its time zone, and the function that splits moments as they are there.

    In local time one hour of autumn comes twice. That `at` goes by TZ is POSIX; AIX does not say so of its own.
    """
    return ({}, time.localtime) if platform.system() == "AIX" else ({"TZ": "UTC0"}, time.gmtime)
