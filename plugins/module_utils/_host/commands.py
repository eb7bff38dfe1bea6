# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs of the host: found, run, and ended if they take too long.

A program that hangs is ended together with all processes that it started, and is an error. A daemon that it leaves
running is not waited for, even if the daemon keeps the output open. The input of a program is complete before the
program starts: if this process is killed meanwhile, the program reads all of it, not half.
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

# Seconds that a program may take. One that stops and starts services waits for them, and systemd gives each service
# 90 s to stop and 90 s to start.
LIMIT, LIMIT_WITH_SERVICES = 60, 300

_WITH_SERVICES = ("rc-service", "refresh", "startsrc", "stopsrc", "systemctl")
_INIT_FOLDER = "/etc/init.d"
_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_PAUSE = 0.2
_MOST_BYTES = 256 << 20  # several times what nft lists on a host with a million peers

# A file system in memory, which has room even if the disks are full; else the folder for temporary files is used.
_MEMORY = "/dev/shm"


class _OutputLimit(Exception):
    """A program prints too much."""


def run(command, data=None, binary_data=False, cwd=None, environ_update=None):
    """Run a program and return its exit code, output and errors, the last two as text.

    A program that cannot be started has exit code 127, as in a shell.

    :param data: the input, text (which gets a newline unless ``binary_data``) or bytes.
    :raises HostError: if the program hangs or prints too much, or there is no room for its input.
    """
    if isinstance(data, str):
        data = (data if binary_data else data + "\n").encode()
    with _input_file(data or b"") as source:
        try:
            process = _process(command, cwd, source, subprocess.PIPE, environ_update or {})
        except (OSError, ValueError) as error:  # no such program, or an argument with a null byte
            return 127, "", str(error)
    limit = _limit(command[0])
    try:
        output, errors = _output(process, time.monotonic() + limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise HostError(
            f"'{' '.join(command)}' did not end within {limit} s, so it was killed; check what it waits for on this"
            " host, then run again."
        )
    except _OutputLimit:
        os.killpg(process.pid, signal.SIGKILL)
        raise HostError(f"'{' '.join(command)}' printed more than {_MOST_BYTES >> 20} MiB, so it was killed.")
    finally:
        process.stdout.close()
        process.stderr.close()
    return process.returncode, output.decode("utf-8", "replace"), errors.decode("utf-8", "replace")


def start(command):
    """Start a program that goes on after this process has ended."""
    _process(command, "/", subprocess.DEVNULL, subprocess.DEVNULL, {})


def find(name):
    """Return the path of a program, or None."""
    return shutil.which(name, path=_path())


def do(run, *command):
    """Run the command with :func:`run` or its like, and return its output; raise HostError if it fails."""
    return checked(command, run(list(command)))


def checked(command, answer):
    """Return the output in the answer of ``run``; raise HostError, with the command's complaint, if it failed."""
    code, printed, errors = answer
    if code != 0:
        lines = [line.strip().rstrip(".") for line in (errors or printed).splitlines()]
        raise HostError(f"'{' '.join(command)}' failed: {'; '.join(filter(None, lines)) or f'exit status {code}'}.")
    return printed


def _process(command, cwd, source, sink, environ):
    environ = dict(os.environ, LC_ALL="C", PATH=_path(), **environ)
    streams = {"stdin": source, "stdout": sink, "stderr": sink}
    # AnsibleModule.run_command has no time limit, and jobs of the host have no AnsibleModule.
    return subprocess.Popen(  # pylint: disable=ansible-bad-function,consider-using-with
        command, cwd=cwd, env=environ, start_new_session=True, **streams
    )


def _path():
    return os.pathsep.join([os.environ.get("PATH") or os.defpath, *_FOLDERS])


def _limit(program):
    serves = os.path.basename(program) in _WITH_SERVICES or os.path.dirname(program) == _INIT_FOLDER
    return LIMIT_WITH_SERVICES if serves else LIMIT


@contextlib.contextmanager
def _input_file(data):
    """Yield the input of a program as an open file without a name."""
    if not data:
        yield subprocess.DEVNULL
        return
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(tempfile.TemporaryFile(dir=_MEMORY if os.path.isdir(_MEMORY) else None))
            file.write(data)
            file.seek(0)
        except OSError as error:
            raise HostError(f"Cannot create a temporary file of {len(data)} bytes: {reason(error)}.")
        yield file


def _output(process, deadline):
    """Read until the program ends, and return its output and errors as bytes."""
    read = {process.stdout: bytearray(), process.stderr: bytearray()}
    with selectors.DefaultSelector() as selector:
        for stream in read:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(min(_PAUSE, _seconds_left(process, deadline)))
            for key, _events in ready:
                part = os.read(key.fd, 65536)
                read[key.fileobj] += part
                if not part:
                    selector.unregister(key.fileobj)
                if len(read[key.fileobj]) > _MOST_BYTES:
                    raise _OutputLimit
            if not ready and process.poll() is not None:
                break  # a process that it started keeps the output open
    process.wait(_seconds_left(process, deadline))
    return read[process.stdout], read[process.stderr]


def _seconds_left(process, deadline):
    left = deadline - time.monotonic()
    if left <= 0:
        raise subprocess.TimeoutExpired(process.args, 0)
    return left
