# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs of the host where no module runs: started and looked for as ``run_command`` and ``get_bin_path`` do."""

import os
import shutil
import subprocess

_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


def run(command, data=None, binary_data=False, cwd=None, environ_update=None):
    """Start a program and return its exit code, output and errors; one that can't be started ends with 127."""
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
        )
    except OSError as error:
        return 127, "", str(error)
    with process:
        output, errors = process.communicate(data)
    return process.returncode, output.decode("utf-8", "replace"), errors.decode("utf-8", "replace")


def find(name):
    """Return the path of a program, or None."""
    return shutil.which(name, path=_path())


def _path():
    return os.pathsep.join([os.environ.get("PATH") or os.defpath, *_FOLDERS])
