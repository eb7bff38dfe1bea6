# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are the old or the new one, never a mixture, even if the power fails.

A file is written beside its place, made durable and renamed over the old one. Owner, mode and all extended attributes
stay those of the file that it replaces; a symbolic link is followed, so that the link itself survives. A process that
is killed meanwhile leaves a file whose name begins with :data:`UNFINISHED`, which the next run removes.
"""

import contextlib
import os
import stat
import tempfile

from ansible_collections.fleet.ports.plugins.module_utils._host import file_attributes
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason

# What the names of unfinished files begin with.
UNFINISHED = ".fleet.ports-"


def read(path):
    """Return the content of the file as bytes, or None where there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HostError(f"Cannot read {path}: {reason(error)}.")


def write(path, data, mode=0o644, attributes=None):
    """Write the bytes to the file.

    The file keeps the attributes that it has, unless others are given (see :mod:`file_attributes`); one that is created
    gets ``mode``.
    """
    path = _regular(path)
    folder = os.path.dirname(path)
    temporary = None
    try:
        _make_folder(folder)
        descriptor, temporary = tempfile.mkstemp(prefix=UNFINISHED, dir=folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            wanted = attributes or file_attributes.read(path) or file_attributes.created(mode)
            file_attributes.give(file.fileno(), wanted)
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


def _make_folder(folder):
    """Create the folder readable for all users, whatever the umask; not for a moment is it private."""
    umask = os.umask(0o022)
    try:
        os.makedirs(folder, exist_ok=True)
    finally:
        os.umask(umask)


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
