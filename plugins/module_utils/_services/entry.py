# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One entry that the services database is to have: its names, its port and the line that says so."""

import re
from collections import namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._net import port_ranges
from ansible_collections.fleet.ports.plugins.module_utils._services.lines import ENCODING

# What a line can carry in one column: blanks end it, "/" parts port and protocol, "#" starts the comment.
_WORD = re.compile(r"[!-\"$-.0-~]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udc7f\udd00-\udfff]")


class Entry(namedtuple("Entry", "name port protocol aliases comment")):
    """An entry whose every part was checked."""

    __slots__ = ()

    @property
    def names(self):
        """All names under which the port is to be found."""
        return (self.name,) + self.aliases

    @property
    def line(self):
        """The entry as the database writes it, one character a byte."""
        socket = f"{self.port}/{self.protocol}"
        comment = ("# " + self.comment,) if self.comment else ()
        text = f"{self.name:<15} {socket:<15} {' '.join(self.aliases + comment)}".rstrip()
        return text.encode("utf-8", "surrogateescape").decode(ENCODING)


def wanted(options):
    """Return the entries of the module's option; raise HostError for one that is none or contradicts another."""
    entries = [_checked(**option) for option in options]
    ports = {}
    for entry in entries:
        for name in entry.names:
            other = ports.setdefault((name, entry.protocol), entry.port)
            if other != entry.port:
                raise HostError(
                    f"entries: {name}/{entry.protocol} is to have port {other} and port {entry.port}; leave it one."
                )
    return entries


def _checked(name, port, protocol, aliases=None, comment=None):
    for word in [name, protocol] + list(aliases or []):
        if _WORD.fullmatch(word) is None:
            raise HostError(
                f"entries: {word!r} is no name for the services database; "
                "use ASCII letters, digits and signs, but no blank, '#' or '/'."
            )
    if not port_ranges.LOWEST <= port <= port_ranges.HIGHEST:
        raise HostError(
            f"entries: {name}/{protocol} has port {port}; "
            f"give it one of {port_ranges.form(port_ranges.LOWEST, port_ranges.HIGHEST)}."
        )
    if _CONTROL.search(comment or ""):
        raise HostError(f"entries: the comment {comment!r} of {name}/{protocol} is no single line; make it one.")
    return Entry(name, port, protocol.lower(), tuple(aliases or ()), (comment or "").strip())
