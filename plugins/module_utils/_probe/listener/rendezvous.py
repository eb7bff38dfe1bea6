# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A listener's private folder: by it the other two modes find the listener of their run, and other runs see it.

It has a socket for the one who collects, and a note of who listens where. Its name is derived from the nonce, so that it
does not tell it, and names the network namespace: each has ports of its own. Only its owner may enter it.
"""

import contextlib
import glob
import hashlib
import json
import os
import socket
import stat

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import Place

# Every system has it, with the sticky bit, and forgets it at boot or soon after.
PARENT = "/tmp"
PREFIX = "fleet.ports-probe-"
NAME_LENGTH = 24
NETWORK = "/proc/self/ns/net"


class Folder:
    """The folder of one listener."""

    def __init__(self, path):
        self.path = path
        self.socket = os.path.join(path, "collect")
        self._note = os.path.join(path, "listening")

    def create(self):
        try:
            os.mkdir(self.path, 0o700)
        except FileExistsError:
            raise HostError("A listener of this run is here already; collect what it heard, or take another 'nonce'.")
        except OSError as error:
            raise HostError(f"Cannot create {self.path}: {reason(error)}.")

    def note(self, pid, places):
        """Write down which process listens where."""
        with open(self._note, "w") as file:
            json.dump({"pid": pid, "places": places}, file)

    def listener(self):
        """Return ``(pid, places)`` of the listener; no process and no places where there is none.

        Of one that was killed the folder goes, too.
        """
        try:
            if not _is_ours(self.path):
                return None, set()
            with open(self._note) as file:
                note = json.load(file)
            os.kill(note["pid"], 0)
        except ProcessLookupError:  # it was killed
            self.remove()
            return None, set()
        except (FileNotFoundError, ValueError):  # it has just ended, or is just about to begin
            return None, set()
        return note["pid"], {Place(*place) for place in note["places"]}

    def open(self):
        """Return the socket at which the listener waits for the one who collects."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.bind(self.socket)
        sock.listen(1)
        sock.setblocking(False)
        return sock

    def connect(self, seconds):
        """Return a connection to that socket; raise FileNotFoundError or ConnectionRefusedError where nobody is."""
        if not _is_ours(self.path):
            raise FileNotFoundError(self.path)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(seconds)
        try:
            sock.connect(self.socket)
        except OSError:
            sock.close()
            raise
        return sock

    def remove(self):
        for path in (self.socket, self._note):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        with contextlib.suppress(FileNotFoundError):
            os.rmdir(self.path)


def of_run(nonce):
    """Return the folder of the listener with this nonce."""
    return Folder(_prefix() + hashlib.sha256(nonce).hexdigest()[:NAME_LENGTH])


def listener_at(place):
    """Return the process that listens at the place for any run, or None."""
    for path in glob.glob(_prefix() + "*"):
        pid, places = Folder(path).listener()
        if place in places:
            return pid
    return None


def _prefix():
    try:
        network = os.stat(NETWORK).st_ino
    except FileNotFoundError:  # a system without such namespaces
        network = 0
    return os.path.join(PARENT, f"{PREFIX}{network}-")


def _is_ours(path):
    """Tell whether nobody else could have made it: the folder above belongs to everybody."""
    status = os.lstat(path)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
