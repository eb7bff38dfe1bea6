# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job that the host does later, by itself, though nobody runs anything any more: a ``main()`` of the collection.

The program and what it needs stand in a private folder beside the records. It is started by systemd, or where there is
none by `at` and by a process of its own. That ``main()`` may be started too early and more than once, also after it was
called off: it looks at its own state, waits if it has to, and calls :meth:`HostJob.disarm` when its work is done.
"""

import contextlib
import os
import platform
import shutil

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, records, systemctl

# Neither the environment nor the current folder reach a program that runs as root.
ISOLATED = ("-I", "-B")
# What jobs import that a minimal Python may lack.
IMPORTS = ("ctypes", "fcntl", "ipaddress", "json", "selectors", "subprocess", "syslog", "xml.etree.ElementTree", "zlib")


class HostJob:
    """The job of a name; ``module`` is the one of ours that has its ``main()``, ``about`` is what it says of itself.

    ``run`` and ``find`` start programs and look for them, as :mod:`commands` does.
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
        """Let the host do it in so many seconds, whatever becomes of its clock; after a reboot it is due at once."""
        self._starter().start_in(seconds, self._write_program())

    def arm_at(self, moment):
        """Let the host do it at a moment (seconds since the epoch), or at its next boot if it is off then."""
        self._starter().start_at(moment, self._write_program())

    def is_armed(self):
        """Tell whether the host will do it, as far as it can be seen, with this program: it reads what we write."""
        return self._starter().is_set() and atomic_file.read(self._program) == self._archive()

    def is_left(self):
        """Tell whether anything of it is there; whoever calls it off can be killed half way."""
        return is_left(self._name)

    def disarm(self):
        """Call it off, and leave nothing of it: neither the program nor anything else in its folder."""
        self._starter().forget()
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):  # records live there, too
            os.rmdir(records.FOLDER)

    def _write_program(self):
        """Write the program, and return the command that starts it."""
        from ansible_collections.fleet.ports.plugins.module_utils._host import interpreter

        python = interpreter.choose(self._run, IMPORTS)
        records.make_private_folder(records.FOLDER)
        records.make_private_folder(self.folder)
        atomic_file.write(self._program, self._archive(), mode=0o600)
        return [python, *ISOLATED, self._program]

    def _archive(self):
        from ansible_collections.fleet.ports.plugins.module_utils._jobs import archive

        return archive.archive(self._module)

    def _starter(self):
        """Return who starts it here; hardly a run needs one, and modules come without byte code, so import it here."""
        if _has_systemd():
            from ansible_collections.fleet.ports.plugins.module_utils._jobs.systemd import Systemd

            return Systemd(self._name, self._about, self._run)
        from ansible_collections.fleet.ports.plugins.module_utils._jobs.at import At

        return At(os.path.join(self.folder, "at"), self._run, self._find)


def is_left(name):
    """Tell whether anything of the job of this name is there."""
    return os.path.exists(_folder(name))


def _folder(name):
    return os.path.join(records.FOLDER, name)


def _has_systemd():
    return platform.system() != "AIX" and systemctl.is_booted()
