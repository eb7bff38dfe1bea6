# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are the old or the new one, never a mixture, whenever the power fails.

A file is written beside its place, made durable and renamed over the old one. Owner, mode and SELinux label
stay those of the file that stood there; a symbolic link is followed, so that the link itself survives.
"""

import contextlib
import errno
import os
import tempfile

from ansible_collections.fleet.ports.plugins.module_utils._errors import HostError

SELINUX_LABEL = "security.selinux"


def read(path):
    """Return the content of the file as bytes, or None where there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HostError(f"Cannot read {path}: {error.strerror}.")


def write(path, data, mode=0o644):
    """Put the bytes into the file; the mode is that of a file which is created."""
    path = os.path.realpath(path)
    folder = os.path.dirname(path)
    temporary = None
    try:
        os.makedirs(folder, mode=0o755, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=".fleet.ports-", dir=folder)
        with os.fdopen(descriptor, "wb") as file:
            _take_after(path, file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(temporary, path)
        temporary = None
        _sync_folder(folder)
    except OSError as error:
        raise HostError(f"Cannot write {path}: {error.strerror}; nothing was changed in it.")
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def remove(path):
    """Remove the file; one that is already gone is fine."""
    try:
        os.unlink(path)
        _sync_folder(os.path.dirname(os.path.realpath(path)))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise HostError(f"Cannot remove {path}: {error.strerror}.")


def _take_after(path, descriptor, mode):
    """Give the new file the owner, mode and label of the one whose place it takes."""
    try:
        old = os.stat(path)
    except FileNotFoundError:
        os.fchmod(descriptor, mode)
        return
    os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, old.st_mode & 0o7777)
    if hasattr(os, "getxattr"):
        try:
            os.setxattr(descriptor, SELINUX_LABEL, os.getxattr(path, SELINUX_LABEL))
        except OSError as error:
            # No label to keep: the file system has none (ENOTSUP) or SELinux is off (ENODATA).
            if error.errno not in (errno.ENODATA, errno.ENOTSUP):
                raise


def _sync_folder(folder):
    """Make the rename itself durable, not only the bytes."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
