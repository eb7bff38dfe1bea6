# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A value of the running kernel under :file:`/proc/sys`: read, and set for as long as the kernel runs."""

import collections
import errno
import os

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason

# The value before and after, as text.
Value = collections.namedtuple("Value", "path before after")


def read(path):
    """Return the value as text, or None where this kernel (or its loaded modules) has none."""
    try:
        with open(path) as file:
            return file.read().strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HostError(f"Cannot read {path}: {reason(error)}.")


def change(path, after):
    """Return the change ``[Value]`` to the wanted text, ``[]`` where it is there; refuse what could not be written."""
    before = read(path)
    if before == after:
        return []
    try:
        os.close(os.open(path, os.O_WRONLY))  # opening alone changes nothing
    except OSError as error:
        hint = " (in a container, set it on the machine whose kernel it is)" if error.errno == errno.EROFS else ""
        raise HostError(
            f"{path} must become {after or 'empty'} but can't be written: {reason(error)}{hint}. "
            "Nothing was changed on this host."
        )
    return [Value(path, before, after)]


def write(value):
    """Set the value."""
    try:
        with open(value.path, "w") as file:
            file.write(value.after + "\n")
    except OSError as error:
        raise HostError(f"Cannot write {value.after or 'nothing'} to {value.path}: {reason(error)}.")
