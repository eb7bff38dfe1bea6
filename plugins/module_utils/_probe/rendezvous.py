# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The private folder of a listener: the modes ``send`` and ``collect`` find the listener of their run by it.

It contains a socket for ``collect`` and a note of the endpoints on which the listener listens. Its name contains a hash
of the nonce, which does not disclose the nonce, and the network namespace, because each namespace has its own ports.
Only its owner may enter it.
"""

import contextlib
import glob
import hashlib
import json
import os
import socket
import stat

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import Endpoint

# Every system has it, with the sticky bit, and clears it at boot or soon after.
PARENT = "/tmp"
PREFIX = "fleet.ports-probe-"
HASH_DIGITS = 24
NETWORK_NAMESPACE = "/proc/self/ns/net"


class ListenerFolder:
    """The folder of one listener."""

    def __init__(self, path):
        self.path = path
        self.socket = os.path.join(path, "collect")
        self._note = os.path.join(path, "listening")

    def create(self):
        """Create the folder; raise HostError if that fails or the run has a listener already."""
        try:
            os.mkdir(self.path, 0o700)
        except FileExistsError:
            raise HostError(
                "A listener of this run is running on this host. Collect its results, or use another 'nonce'."
            )
        except OSError as error:
            raise HostError(f"Cannot create {self.path}: {reason(error)}.")

    def write_note(self, pid, endpoints):
        """Record the process id of the listener and its endpoints."""
        with open(self._note, "w") as file:
            json.dump({"pid": pid, "endpoints": endpoints}, file)

    def listener(self):
        """Return ``(pid, set of endpoints)`` of the listener, ``(None, empty set)`` if there is none.

        The folder of a listener that was killed is removed.
        """
        try:
            if not _is_own_folder(self.path):
                return None, set()
            with open(self._note) as file:
                note = json.load(file)
            os.kill(note["pid"], 0)
        except ProcessLookupError:  # the listener was killed
            self.remove()
            return None, set()
        except (FileNotFoundError, ValueError):  # the listener has just ended, or is about to start
            return None, set()
        return note["pid"], {Endpoint(*endpoint) for endpoint in note["endpoints"]}

    def open(self):
        """Return the socket on which the listener waits for ``collect``."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.bind(self.socket)
        sock.listen(1)
        sock.setblocking(False)
        return sock

    def connect(self, seconds):
        """Return a connection to that socket; raise FileNotFoundError or ConnectionRefusedError without a listener."""
        if not _is_own_folder(self.path):
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
        """Remove the folder and all that it contains."""
        for path in (self.socket, self._note):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        with contextlib.suppress(FileNotFoundError):
            os.rmdir(self.path)


def of_run(nonce):
    """Return the folder of the listener with this nonce (bytes)."""
    return ListenerFolder(_prefix() + hashlib.sha256(nonce).hexdigest()[:HASH_DIGITS])


def listener_at(endpoint):
    """Return the process id of the listener of any run that listens on the endpoint, else None."""
    for path in glob.glob(_prefix() + "*"):
        pid, endpoints = ListenerFolder(path).listener()
        if endpoint in endpoints:
            return pid
    return None


def _prefix():
    try:
        namespace = os.stat(NETWORK_NAMESPACE).st_ino
    except FileNotFoundError:  # the system has no network namespaces
        namespace = 0
    return os.path.join(PARENT, f"{PREFIX}{namespace}-")


def _is_own_folder(path):
    """Return whether the path is a folder of this user: in its parent every user can create one."""
    status = os.lstat(path)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
