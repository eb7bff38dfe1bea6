# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files on the controller that only their owner may read, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from urllib.parse import quote

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError


def name_for(host: str) -> str:
    """Return the file name for a host, without an extension; it is valid for every name of a host."""
    return quote(host, safe=":@", errors="backslashreplace")


def read(path: str) -> bytes | None:
    """Return the content; None if the file does not exist."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise MatrixError(f"Cannot read {path}: {error.strerror}.") from error


def write(path: str, data: bytes) -> None:
    """Replace the file, or create it and its directory."""
    folder = os.path.dirname(os.path.abspath(path))
    temporary = None
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=".fleet.ports-", dir=folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        raise MatrixError(f"Cannot write {path}: {error.strerror}. Choose another directory.") from error
