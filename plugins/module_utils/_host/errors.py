# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The error that a person reads: one sentence with the value, its place and what to do."""

import errno
import os

_MOST_CHARACTERS = 4000


class HostError(Exception):
    """What stands in the way of a change on this host; its text is the whole message.

    It is one line that can be printed, whatever a file or a program put into it.
    """

    def __init__(self, text):
        super().__init__(_printable(text))


class NotRestored(HostError):
    """A change failed, and so did restoring what was changed before: the record has to keep naming both."""


def reason(error):
    """Return why the system refused something, as a part of the sentence."""
    if error.errno in (errno.EACCES, errno.EPERM):
        if os.geteuid() != 0:
            return f"{error.strerror}, as only root may; use become"
        return f"{error.strerror}, not even to root; look for an immutable flag (lsattr) or a security module"
    return str(error.strerror)


def _printable(text):
    """Return the text as one line; of what nobody would read to its end, the ends."""
    line = "".join(character if character.isprintable() else " " for character in str(text)).strip()
    return line if len(line) <= _MOST_CHARACTERS else f"{line[:_MOST_CHARACTERS // 2]} [...] {line[-_MOST_CHARACTERS // 2:]}"
