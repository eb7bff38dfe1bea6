# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The attributes of a file: owner, mode and all extended attributes (access list, SELinux label, capabilities).

They are plain data, so they can be stored as JSON, and another process can give them to a file again.
"""

import base64
import errno
import os
import stat

# A new file inherits this from the default access list of its folder, even if the file that it replaces has none.
INHERITED = "system.posix_acl_access"
# Signatures of the content, which the kernel makes anew.
OF_CONTENT = ("security.ima", "security.evm")
# The file has no such attribute, or its file system has none at all.
_ABSENT = (errno.ENODATA, errno.ENOTSUP)


def read(path):
    """Return the attributes of the file as a dict, or None if there is no file.

    ``uid``, ``gid`` and ``mode`` are integers, ``extended`` is ``{name: base64 text}``.
    """
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    return {
        "uid": status.st_uid,
        "gid": status.st_gid,
        "mode": stat.S_IMODE(status.st_mode),
        "extended": {name: base64.b64encode(os.getxattr(path, name)).decode("ascii") for name in _names(path)},
    }


def created(mode):
    """Return the attributes of a file that is created with this mode and inherits no access list."""
    return {"mode": mode, "extended": {}}


def give(descriptor, attributes):
    """Set the attributes of an open file; raise OSError if the system refuses one."""
    if "uid" in attributes:
        os.fchown(descriptor, attributes["uid"], attributes["gid"])
    extended = attributes["extended"]
    if INHERITED not in extended and INHERITED in _names(descriptor):
        os.removexattr(descriptor, INHERITED)
    for name, value in sorted(extended.items()):
        os.setxattr(descriptor, name, base64.b64decode(value))
    # Last, since a change of owner clears set-user-ID bits.
    os.fchmod(descriptor, attributes["mode"])


def _names(file):
    """Return the names of the extended attributes of a path or descriptor; none on a system without them (AIX)."""
    if not hasattr(os, "listxattr"):
        return []
    try:
        return [name for name in os.listxattr(file) if name not in OF_CONTENT]
    except OSError as error:
        if error.errno in _ABSENT:
            return []
        raise
