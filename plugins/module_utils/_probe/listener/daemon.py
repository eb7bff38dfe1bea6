# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The listener as a background process: started once its sockets are open, ended by its deadline or by ``collect``.

The sockets are opened by the process that starts it, so a sender can send as soon as mode ``listen`` has returned.
"""

import json
import os
import signal

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason
from ansible_collections.fleet.ports.plugins.module_utils._probe import rendezvous
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.listener import Listener

# If the loop hangs, an alarm ends the process so many seconds after its time.
GRACE = 5
COLLECT_TIMEOUT = 10


def start(nonce, listening, heard, seconds):
    """Start the listener in a process of its own for so many seconds; return once it listens."""
    folder = rendezvous.of_run(nonce)
    folder.create()
    reader, started = os.pipe()
    try:
        child = os.fork()
    except OSError as error:
        folder.remove()
        raise HostError(f"Cannot start the listener: {reason(error)}.")
    if child == 0:
        _run_process(folder, started, nonce, listening, heard, seconds)
    os.close(started)
    with os.fdopen(reader, "rb") as pipe:
        if not pipe.read():
            raise HostError(f"The listener could not start. Check that {folder.path} can be written to.")


def collect(nonce):
    """End the listener of the run; return its ``HeardProbes.to_dict()``."""
    try:
        connection = rendezvous.of_run(nonce).connect(COLLECT_TIMEOUT)
        with connection, connection.makefile("rb") as answer:
            return json.loads(answer.read().decode())
    except (OSError, ValueError):
        raise HostError(
            "No listener of this run is running on this host: it has timed out, or was never started."
            " Probe again, with more 'seconds' if the run took longer."
        )


def _run_process(folder, started, nonce, listening, heard, seconds):
    """Run as the process of the listener; it never returns to the code of the process that started it."""
    try:
        for number in signal.SIGTERM, signal.SIGALRM:
            signal.signal(number, _end)
        signal.alarm(seconds + GRACE)
        _detach()
        try:
            _serve(folder, started, Listener(nonce, listening, heard), listening, heard, seconds)
        finally:
            folder.remove()
    finally:
        os._exit(0)


def _serve(folder, started, listener, listening, heard, seconds):
    collecting = folder.open()
    folder.write_note(os.getpid(), sorted(listening.sockets))
    os.write(started, b"!")
    os.close(started)
    connection = listener.run(seconds, collecting)
    listener.close()
    listening.close()
    collecting.close()
    folder.remove()
    if connection:
        # The last step, so nothing is left on the host once the result has been read.
        with connection:
            connection.setblocking(True)
            connection.sendall(json.dumps(heard.to_dict()).encode())


def _end(_signal, _frame):
    raise SystemExit


def _detach():
    os.setsid()
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
