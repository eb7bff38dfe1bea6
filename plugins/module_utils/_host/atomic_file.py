# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are replaced as a whole: even after a power failure, a file has its old or its new content.

The new content is written to a temporary file in the same folder, synced, and renamed over the old file. Owner, mode
and all extended attributes stay those of the old file. A symbolic link is followed and kept. A process that is killed
leaves a temporary file whose name begins with :data:`UNFINISHED`; the next run removes it.
"""

import contextlib
import os
import stat
import tempfile

from ansible_collections.fleet.ports.plugins.module_utils._host import file_attributes
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason

# The beginning of the names of temporary files.
UNFINISHED = ".fleet.ports-"


def read(path):
    """Return the content of the file as bytes, or None if it does not exist."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HostError(f"Cannot read {path}: {reason(error)}.")


def write(path, data, mode=0o644, attributes=None):
    """Write the bytes to the file.

    :param mode: the mode of the file if it is created.
    :param attributes: the attributes to set (see :mod:`file_attributes`); without them, an existing file keeps its own.
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
        raise HostError(f"Cannot write {path}: {reason(error)}; the file was not changed.")
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def remove(path):
    """Remove the file, but not a symbolic link to it; a file that does not exist is no error."""
    path = _regular(path)
    try:
        os.unlink(path)
        _sync_folder(os.path.dirname(path))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise HostError(f"Cannot remove {path}: {reason(error)}.")


def remove_unfinished(folder):
    """Remove the temporary files below a folder; no other process may be writing there."""
    for parent, _folders, names in os.walk(folder):
        for name in names:
            if name.startswith(UNFINISHED):
                with contextlib.suppress(OSError):  # it does no harm
                    os.unlink(os.path.join(parent, name))


def _regular(path):
    """Return the path behind any symbolic links; raise HostError for a device, which must not be replaced."""
    real = os.path.realpath(path)
    try:
        regular = stat.S_ISREG(os.stat(real).st_mode)
    except OSError:
        return real  # it does not exist, or the next system call reports what is wrong
    if not regular:
        through = "" if real == path else f" is a link to {real}, which"
        raise HostError(f"{path}{through} is not a regular file; replace it with a regular file or remove it.")
    return real


def _make_folder(folder):
    """Create the folder readable for all users, whatever the umask; not for a moment is it private."""
    umask = os.umask(0o022)
    try:
        os.makedirs(folder, exist_ok=True)
    finally:
        os.umask(umask)


def _sync_folder(folder):
    """Make the rename itself durable.

    The rename is done by now; on a system that cannot sync folders (AIX), a failure is ignored.
    """
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
