# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job that the host runs later, without Ansible: a ``main()`` of the collection.

The program is stored in a private folder beside the records. systemd starts it or, on a host without systemd, `at` and
a process that waits. The program may be started too early, several times, and also after the job was cancelled: it
checks its own state, waits if it has to, and calls :meth:`HostJob.disarm` when its work is done.
"""

import contextlib
import os
import platform
import shutil

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, records, systemctl

# The program runs as root: neither the environment nor the current folder have an effect on it.
ISOLATED = ("-I", "-B")
# The modules that jobs import and that a minimal Python may lack.
IMPORTS = ("ctypes", "fcntl", "ipaddress", "json", "selectors", "subprocess", "syslog", "xml.etree.ElementTree", "zlib")


class HostJob:
    """One job.

    :param name: its name, which is that of its folder.
    :param module: the module below ``module_utils`` that has the ``main()``, such as ``_commit.rollback``.
    :param about: what the job does, for the service manager.
    :param run: starts a program, as :func:`commands.run` does.
    :param find: returns the path of a program, or None, as :func:`commands.find` does.
    """

    def __init__(self, name, module, about, run, find):
        self.folder = _folder(name)
        self._module = module
        self._program = os.path.join(self.folder, "program.zip")
        self._name = name
        self._about = about
        self._run = run
        self._find = find

    def arm_in(self, seconds):
        """Run the job in so many seconds, even if the clock is set; after a reboot, run it at once."""
        self._scheduler().start_in(seconds, self._write_program())

    def arm_at(self, moment):
        """Run the job at a moment (seconds since the epoch), or at the next boot if the host is off then."""
        self._scheduler().start_at(moment, self._write_program())

    def is_armed(self):
        """Return whether the host will run the job with the program of this version, which reads its records."""
        return self._scheduler().is_set() and atomic_file.read(self._program) == self._archive()

    def is_left(self):
        """Return whether anything of the job exists; a process that disarms it can be killed in between."""
        return is_left(self._name)

    def disarm(self):
        """Cancel the job and remove its folder."""
        self._scheduler().forget()
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):  # it contains records
            os.rmdir(records.FOLDER)

    def _write_program(self):
        """Write the program, and return the command that starts it as a list."""
        from ansible_collections.fleet.ports.plugins.module_utils._host import interpreter

        python = interpreter.choose(self._run, IMPORTS)
        records.make_private_folder(records.FOLDER)
        records.make_private_folder(self.folder)
        atomic_file.write(self._program, self._archive(), mode=0o600)
        return [python, *ISOLATED, self._program]

    def _archive(self):
        from ansible_collections.fleet.ports.plugins.module_utils._jobs import archive

        return archive.archive(self._module)

    def _scheduler(self):
        """Return the scheduler of this host; few runs need one, and each import is compiled, so it is imported here."""
        if _has_systemd():
            from ansible_collections.fleet.ports.plugins.module_utils._jobs.systemd import Systemd

            return Systemd(self._name, self._about, self._run)
        from ansible_collections.fleet.ports.plugins.module_utils._jobs.at import At

        return At(os.path.join(self.folder, "at"), self._run, self._find)


def is_left(name):
    """Return whether anything of the job with this name exists."""
    return os.path.exists(_folder(name))


def _folder(name):
    return os.path.join(records.FOLDER, name)


def _has_systemd():
    return platform.system() != "AIX" and systemctl.is_booted()
