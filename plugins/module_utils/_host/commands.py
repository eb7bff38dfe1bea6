# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs of the host, found and started by modules and by jobs alike, and ended if they take too long.

One that hangs is ended together with all it has started, which is one sentence. A daemon that it leaves running is not
waited for, though it may keep the program's output open. What a program is told lies ready before it starts: if this
process is killed meanwhile, it has heard everything, not the first half.
"""

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason

# Seconds that a program may take; one that stops and starts services waits for those, each of which systemd gives 90 s
# to stop and as many to start.
LIMIT, LIMIT_WITH_SERVICES = 60, 300

_WITH_SERVICES = ("rc-service", "refresh", "startsrc", "stopsrc", "systemctl")
_INIT_FOLDER = "/etc/init.d"
_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_PAUSE = 0.2
_MOST_BYTES = 256 << 20  # some times what nft lists of a host with a million peers

# Where there is room though the disks are full; a system without it has its folder for temporary files.
_MEMORY = "/dev/shm"


class _TooMuch(Exception):
    """A program prints without an end."""


def run(command, data=None, binary_data=False, cwd=None, environ_update=None):
    """Start a program and return its exit code, output and errors; what can't be started ends with 127, as in a shell."""
    if isinstance(data, str):
        data = (data if binary_data else data + "\n").encode()
    with _said(data or b"") as said:
        try:
            process = _process(command, cwd, said, subprocess.PIPE, environ_update or {})
        except (OSError, ValueError) as error:  # no such program, or a word that no program can be told
            return 127, "", str(error)
    limit = _limit(command[0])
    try:
        output, errors = _heard(process, time.monotonic() + limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise HostError(
            f"'{' '.join(command)}' did not end within {limit} s, so it was ended; see what it waits for on this host,"
            " then run this again."
        )
    except _TooMuch:
        os.killpg(process.pid, signal.SIGKILL)
        raise HostError(f"'{' '.join(command)}' prints more than {_MOST_BYTES >> 20} MiB, so it was ended.")
    finally:
        process.stdout.close()
        process.stderr.close()
    return process.returncode, output.decode("utf-8", "replace"), errors.decode("utf-8", "replace")


def start(command):
    """Start a program that goes on by itself, whatever becomes of who started it."""
    _process(command, "/", subprocess.DEVNULL, subprocess.DEVNULL, {})


def find(name):
    """Return the path of a program, or None."""
    return shutil.which(name, path=_path())


def do(run, *command):
    """Run the command with :func:`run` or its like, and return its output; raise HostError if it fails."""
    return checked(command, run(list(command)))


def checked(command, answer):
    """Return the output in what ``run`` answered; raise HostError, with what the command complained about, if it failed."""
    code, printed, errors = answer
    if code != 0:
        lines = [line.strip().rstrip(".") for line in (errors or printed).splitlines()]
        raise HostError(f"'{' '.join(command)}' failed: {'; '.join(filter(None, lines)) or f'exit status {code}'}.")
    return printed


def _process(command, cwd, source, sink, environ):
    environ = dict(os.environ, LC_ALL="C", PATH=_path(), **environ)
    streams = {"stdin": source, "stdout": sink, "stderr": sink}
    # A module could call run_command, which has no end of its own; a job of the host is no module.
    return subprocess.Popen(  # pylint: disable=ansible-bad-function,consider-using-with
        command, cwd=cwd, env=environ, start_new_session=True, **streams
    )


def _path():
    return os.pathsep.join([os.environ.get("PATH") or os.defpath, *_FOLDERS])


def _limit(program):
    serves = os.path.basename(program) in _WITH_SERVICES or os.path.dirname(program) == _INIT_FOLDER
    return LIMIT_WITH_SERVICES if serves else LIMIT


@contextlib.contextmanager
def _said(data):
    """Have what a program is told in a file that nobody else can see, ready to be read."""
    if not data:
        yield subprocess.DEVNULL
        return
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(tempfile.TemporaryFile(dir=_MEMORY if os.path.isdir(_MEMORY) else None))
            file.write(data)
            file.seek(0)
        except OSError as error:
            raise HostError(f"There is no room for a temporary file of {len(data)} bytes: {reason(error)}.")
        yield file


def _heard(process, deadline):
    """Listen until the program ends, and return its output and errors."""
    heard = {process.stdout: bytearray(), process.stderr: bytearray()}
    with selectors.DefaultSelector() as selector:
        for stream in heard:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(min(_PAUSE, _left(process, deadline)))
            for key, _events in ready:
                part = os.read(key.fd, 65536)
                heard[key.fileobj] += part
                if not part:
                    selector.unregister(key.fileobj)
                if len(heard[key.fileobj]) > _MOST_BYTES:
                    raise _TooMuch
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
