# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An entry that the services database has to contain: its names, its port and its line."""

import re
from collections import namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._net import port_ranges
from ansible_collections.fleet.ports.plugins.module_utils._services.lines import ENCODING

# What a column can contain: blanks separate columns, "/" separates port and protocol, "#" starts a comment.
_WORD = re.compile(r"[!-\"$-.0-~]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udc7f\udd00-\udfff]")


class Entry(namedtuple("Entry", "name port protocol aliases comment")):
    """An entry whose parts are valid."""

    __slots__ = ()

    @property
    def names(self):
        """The name and the aliases."""
        return (self.name,) + self.aliases

    @property
    def line(self):
        """The line of the entry, with one character for each byte."""
        socket = f"{self.port}/{self.protocol}"
        comment = ("# " + self.comment,) if self.comment else ()
        text = f"{self.name:<15} {socket:<15} {' '.join(self.aliases + comment)}".rstrip()
        return text.encode("utf-8", "surrogateescape").decode(ENCODING)


def wanted(options):
    """Return the entries of the option; raise HostError for one that is invalid or contradicts another."""
    entries = [_checked(**option) for option in options]
    ports = {}
    for entry in entries:
        for name in entry.names:
            other = ports.setdefault((name, entry.protocol), entry.port)
            if other != entry.port:
                raise HostError(
                    f"entries: {name}/{entry.protocol} has both port {other} and port {entry.port}; remove one of them."
                )
    return entries


def _checked(name, port, protocol, aliases=None, comment=None):
    for word in [name, protocol] + list(aliases or []):
        if _WORD.fullmatch(word) is None:
            raise HostError(
                f"entries: Invalid name or protocol {word!r}; "
                "use ASCII letters, digits and punctuation, but no blank, '#' or '/'."
            )
    if not port_ranges.LOWEST <= port <= port_ranges.HIGHEST:
        raise HostError(
            f"entries: {name}/{protocol} has port {port}; "
            f"use a port of {port_ranges.form(port_ranges.LOWEST, port_ranges.HIGHEST)}."
        )
    if _CONTROL.search(comment or ""):
        raise HostError(
            f"entries: The comment {comment!r} of {name}/{protocol} is not a single line; remove the line breaks."
        )
    return Entry(name, port, protocol.lower(), tuple(aliases or ()), (comment or "").strip())
