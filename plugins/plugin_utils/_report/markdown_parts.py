# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of Markdown documents: sections, lists, tables, and text that must not become markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import printable

# Characters that within a line could start a link (some renderers link bare URLs), an image, an element, emphasis or
# code, and those that at the start of a line could start a heading, a rule or a list. An underscore within a word is
# harmless.
_MARKUP = re.compile(r"[\\`*\[\]<>&~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=//)|(?<=www)\.|^[#=+-]")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")


def document(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def section(title: str, body: str) -> Sequence[str]:
    """Return heading and body, or nothing if there is no body."""
    return (f"## {title}", body) if body else ()


def bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [header, ["---"] * len(header), *(list(map(cell, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: str) -> str:
    """Return Markdown that fits into a cell of a table."""
    return text.replace("|", r"\|")


def literal(text: str) -> str:
    """Return Markdown that shows this text literally, on one line: text from hosts must not become markup."""
    return _NUMBERED.sub(r"\1\\\2", _MARKUP.sub(lambda found: chr(92) + found.group(), printable(text)))
