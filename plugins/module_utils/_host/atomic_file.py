# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are the old or the new one, never a mixture, whenever the power fails.

A file is written beside its place, made durable and renamed over the old one. Owner, mode, access list and SELinux
label stay those of the file that stood there; a symbolic link is followed, so that the link itself survives. Who is
killed meanwhile leaves a file with a name of ours beside it, which whoever comes next sweeps away.
"""

import contextlib
import errno
import os
import stat
import tempfile

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason

# What the names of unfinished files begin with.
UNFINISHED = ".fleet.ports-"

# The extended attributes that say who may use the file.
KEPT = ("security.selinux", "system.posix_acl_access")


def read(path):
    """Return the content of the file as bytes, or None where there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HostError(f"Cannot read {path}: {reason(error)}.")


def write(path, data, mode=0o644):
    """Put the bytes into the file; the mode is that of a file which is created."""
    path = _regular(path)
    folder = os.path.dirname(path)
    temporary = None
    try:
        os.makedirs(folder, mode=0o755, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=UNFINISHED, dir=folder)
        with os.fdopen(descriptor, "wb") as file:
            _take_after(path, file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(temporary, path)
        temporary = None
        _sync_folder(folder)
    except OSError as error:
        raise HostError(f"Cannot write {path}: {reason(error)}; nothing was changed in it.")
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def remove(path):
    """Remove the file, not a link that leads to it; one that is already gone is fine."""
    path = _regular(path)
    try:
        os.unlink(path)
        _sync_folder(os.path.dirname(path))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise HostError(f"Cannot remove {path}: {reason(error)}.")


def sweep(folder):
    """Remove the unfinished files in a folder and below it; nobody may be writing there now."""
    for parent, _folders, names in os.walk(folder):
        for name in names:
            if name.startswith(UNFINISHED):
                with contextlib.suppress(OSError):  # it is in nobody's way
                    os.unlink(os.path.join(parent, name))


def _regular(path):
    """Return where the file really is; what a link leads to may be /dev/null, which no file must take the place of."""
    real = os.path.realpath(path)
    try:
        regular = stat.S_ISREG(os.stat(real).st_mode)
    except OSError:
        return real  # none there yet, or the next step says what is wrong with it
    if not regular:
        through = "" if real == path else f" is a link to {real}, which"
        raise HostError(f"{path}{through} is no regular file; put one in its place, or nothing there.")
    return real


def _take_after(path, descriptor, mode):
    """Give the new file the owner, mode, access list and label of the one whose place it takes."""
    try:
        old = os.stat(path)
    except FileNotFoundError:
        os.fchmod(descriptor, mode)
        return
    os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, old.st_mode & 0o7777)
    for attribute in KEPT if hasattr(os, "getxattr") else ():
        try:
            os.setxattr(descriptor, attribute, os.getxattr(path, attribute))
        except OSError as error:
            # Nothing to keep: the file hasn't got it (ENODATA) or the file system knows none (ENOTSUP).
            if error.errno not in (errno.ENODATA, errno.ENOTSUP):
                raise


def _sync_folder(folder):
    """Make the rename itself durable, not only the bytes.

    The rename stands by now: a system that can't sync a folder (AIX) has nothing better to offer.
    """
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
