# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors as users see them: a sentence that names the place, the value and the remedy."""

import errno
import os

_MOST_CHARACTERS = 4000


class HostError(Exception):
    """A reason why this host cannot be read or changed; its text is the whole message.

    The text is one printable line, whatever a file or a program contributed to it.
    """

    def __init__(self, text):
        super().__init__(_printable(text))


class NotRestored(HostError):
    """A change failed and so did restoring what it had changed, so the record has to keep covering both states."""


def reason(error):
    """Return why the system refused something, as part of a sentence."""
    if error.errno in (errno.EACCES, errno.EPERM):
        if os.geteuid() != 0:
            return f"{error.strerror} (only root may do this; use become)"
        return f"{error.strerror}, even for root (look for an immutable flag with lsattr, or a security module)"
    return str(error.strerror)


def _printable(text):
    """Return the text as one printable line; a very long one without its middle."""
    line = "".join(character if character.isprintable() else " " for character in str(text)).strip()
    half = _MOST_CHARACTERS // 2
    return line if len(line) <= _MOST_CHARACTERS else f"{line[:half]} [...] {line[-half:]}"
