# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines of a services database, read as the C library reads them and written back byte for byte.

Text has one character for each byte, so every encoding is kept as it is.
"""

import re

ENCODING = "latin-1"

# NAME PORT/PROTOCOL [ALIAS...] [# COMMENT]; re.ASCII, since a no-break space (0xa0) does not separate columns.
_ENTRY = re.compile(r"\s*(?P<name>[^\s#]+)\s+(?P<port>[0-9]{1,18})/+(?P<protocol>[^\s#]+)(?P<aliases>[^#]*)", re.ASCII)
_WORD = re.compile(r"\S+", re.ASCII)
_LINE = re.compile(r"(?P<text>[^\n]*?)(?P<end>\r?\n)|(?P<rest>[^\n]+)")


class Line:
    """A line: its text, its newline and, if it is an entry, its port, protocol and names."""

    def __init__(self, text, end="", number=0):
        self.end = end
        self.number = number
        self.put(text)

    def put(self, text):
        """Set the text of the line."""
        self.text = text
        self._entry = _ENTRY.match(text)
        self.port, self.protocol, self.names = None, None, ()
        if self._entry:
            self.port, self.protocol = int(self._entry.group("port")), self._entry.group("protocol").lower()
            self.names = (self._entry.group("name"),) + tuple(_WORD.findall(self._entry.group("aliases")))

    def gives(self, name, protocol):
        """Return whether this line gives the name a port."""
        return self.protocol == protocol and name in self.names

    def with_port(self, port):
        """Return the text with another port."""
        start, stop = self._entry.span("port")
        return f"{self.text[:start]}{port}{self.text[stop:]}"

    def without(self, name):
        """Return the text without one of the names; if it is the first, an alias takes its place."""
        start, stop = self._entry.span("aliases")
        first, aliases = self.names[0], self.text[start:stop]
        if first == name:
            first = next(alias for alias in self.names if alias != name)
            aliases = _drop(first, aliases)
        head = self.text[: self._entry.start("name")] + first + self.text[self._entry.end("name") : start]
        return head + _drop(name, aliases) + self.text[stop:]


def _drop(alias, aliases):
    """Return the column of aliases without this one and the blanks before it."""
    return re.sub(rf"\s+{re.escape(alias)}(?!\S)", "", aliases, flags=re.ASCII)


def split(text, kind=Line):
    """Return the lines of a database."""
    lines = []
    for number, match in enumerate(_LINE.finditer(text), start=1):
        rest = match.group("rest")
        lines.append(kind(match.group("text"), match.group("end"), number) if rest is None else kind(rest, "", number))
    return lines


def join(lines):
    """Return the database of these lines."""
    return "".join(line.text + line.end for line in lines)
