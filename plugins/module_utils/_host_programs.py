# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs of the host, found and started by modules and by jobs alike, and ended if they take too long.

One that hangs is ended together with all it has started, which is one sentence. A daemon that it leaves running is not
waited for, though it may keep the program's output open.
"""

import os
import select
import selectors
import shutil
import signal
import subprocess
import time

from ansible_collections.fleet.ports.plugins.module_utils._errors import HostError

# Seconds that a program may take; one that stops and starts services waits for those, each of which systemd gives 90 s
# to stop and as many to start.
LIMIT, LIMIT_WITH_SERVICES = 60, 300

_WITH_SERVICES = ("rc-service", "refresh", "startsrc", "stopsrc", "systemctl")
_INIT_FOLDER = "/etc/init.d"
_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_PAUSE = 0.2


def run(command, data=None, binary_data=False, cwd=None, environ_update=None):
    """Start a program and return its exit code, output and errors; what can't be started ends with 127, as in a shell."""
    if isinstance(data, str):
        data = (data if binary_data else data + "\n").encode()
    try:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(os.environ, LC_ALL="C", PATH=_path(), **(environ_update or {})),
            stdin=subprocess.DEVNULL if data is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return 127, "", str(error)
    limit = _limit(command[0])
    try:
        output, errors = _conversation(process, data, time.monotonic() + limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise HostError(
            f"'{' '.join(command)}' did not end within {limit} s, so it was ended; see what it waits for on this host,"
            " then run this again."
        )
    finally:
        for stream in filter(None, (process.stdin, process.stdout, process.stderr)):
            stream.close()
    return process.returncode, output.decode("utf-8", "replace"), errors.decode("utf-8", "replace")


def find(name):
    """Return the path of a program, or None."""
    return shutil.which(name, path=_path())


def _path():
    return os.pathsep.join([os.environ.get("PATH") or os.defpath, *_FOLDERS])


def _limit(program):
    serves = os.path.basename(program) in _WITH_SERVICES or os.path.dirname(program) == _INIT_FOLDER
    return LIMIT_WITH_SERVICES if serves else LIMIT


def _conversation(process, data, deadline):
    """Say what is to be said, listen until the program ends, and return its output and errors."""
    heard = {process.stdout: bytearray(), process.stderr: bytearray()}
    with selectors.DefaultSelector() as selector:
        for stream in heard:
            selector.register(stream, selectors.EVENT_READ)
        if data is not None:
            selector.register(process.stdin, selectors.EVENT_WRITE, memoryview(data))
        while selector.get_map():
            ready = selector.select(min(_PAUSE, _left(process, deadline)))
            for key, _events in ready:
                if key.fileobj is process.stdin:
                    _say(selector, key)
                else:
                    _listen(selector, key, heard)
            if not ready and process.poll() is not None:
                break  # what it has started keeps the output open
    process.wait(_left(process, deadline))
    return heard[process.stdout], heard[process.stderr]


def _left(process, deadline):
    """Return the seconds that are left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise subprocess.TimeoutExpired(process.args, 0)
    return left


def _say(selector, key):
    """Say as much as fits; who does not listen any more has his reasons, and an exit code to tell them."""
    rest = key.data
    try:
        rest = rest[os.write(key.fd, rest[: select.PIPE_BUF]) :]
    except BrokenPipeError:
        rest = b""
    if rest:
        selector.modify(key.fileobj, selectors.EVENT_WRITE, rest)
    else:
        selector.unregister(key.fileobj)
        key.fileobj.close()


def _listen(selector, key, heard):
    part = os.read(key.fd, 65536)
    heard[key.fileobj] += part
    if not part:
        selector.unregister(key.fileobj)
