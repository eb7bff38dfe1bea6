# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The path of each document in the site, and its links, adapted to the paths of their targets.

The documents are plain Markdown that a forge shows as it is. The site has shorter paths, and links what is named.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
INDEX = "docs/README.md"
# Where antsibull-docs writes what plugins and roles document.
REFERENCE = "reference"

_PLACES = (
    (r"docs/README", "index"),
    (r"docs/([a-z_-]+)", r"\1"),
    (r"README", "overview"),
    (r"roles/([a-z_]+)/README", r"roles/\1"),
    (r"(?:tests/)?([a-z]+)/README", r"\1-folder"),
    (r"(CONTRIBUTING|CHANGELOG)", r"\1"),
)
# A block of code, which is left as it is, or the target of a link.
_LINK = re.compile(r"^```.*?^```$|(?<=\]\()[^()\s]+(?=\))", re.MULTILINE | re.DOTALL)
_HEADING_OR_LINK = re.compile(r"^## (.+)|\[([^]]+)\]\(([^()#\s]+)[^()\s]*\)", re.MULTILINE)
_NAMED = re.compile(r"^```.*?^```$|^    .*?$|(?<!\[)`fleet\.ports\.(\w+)`", re.MULTILINE | re.DOTALL)


class BrokenLink(Exception):
    """A document with a broken link; the text is the whole message."""


def documents() -> list[str]:
    """Return the paths of all documents of the site."""
    found = (
        path.relative_to(REPOSITORY).as_posix()
        for pattern in ("*.md", "*/*.md", "roles/*/*.md", "tests/*/*.md")
        for path in REPOSITORY.glob(pattern)
    )
    return sorted(path for path in found if place_of(path))


def place_of(path: str) -> str | None:
    """Return the path of a document in the site, or None for a file that is not a page."""
    for pattern, place in _PLACES:
        if match := re.fullmatch(pattern + r"\.md", path):
            return match.expand(place).lower() + ".md"
    return None


def links(path: str) -> Iterator[str]:
    """Yield the targets of links of a document within the repository, as they are written."""
    for match in _LINK.finditer(_text(path)):
        if not match.group().startswith("```") and not re.match(r"[a-z]+:", match.group()):
            yield match.group()


def target_of(path: str, link: str) -> str:
    """Return the path of the file that a link of a document leads to."""
    file, _hash, _anchor = link.partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
    if not (REPOSITORY / target).is_file():
        raise BrokenLink(f"{path} links {link}, and there is no such file; correct the link.")
    return target


def page(path: str, reference: Callable[[str], str | None]) -> str:
    """Return a document as it is in the site; ``reference`` returns the page about a name of the collection."""
    place = place_of(path)
    here = posixpath.dirname(place)

    def turned(match: re.Match) -> str:
        link = match.group()
        if link.startswith("```") or re.match(r"[a-z]+:", link):
            return link
        target = target_of(path, link)
        _file, hash_sign, anchor = link.partition("#")
        return posixpath.relpath(place_of(target) or f"files/{target}", here or ".") + hash_sign + anchor

    def linked(match: re.Match) -> str:
        found = match.group(1) and reference(match.group(1))
        return f"[{match.group()}]({posixpath.relpath(found, here or '.')})" if found else match.group()

    text = _NAMED.sub(linked, _LINK.sub(turned, _text(path)))
    return text + "".join(_toctrees()) if path == INDEX else text


def files() -> set[str]:
    """Return the paths of linked files that are not pages."""
    targets = {target_of(path, link) for path in documents() for link in links(path)}
    return {target for target in targets if not place_of(target)}


def _text(path: str) -> str:
    return (REPOSITORY / path).read_text(encoding="utf-8")


def _toctrees() -> Iterator[str]:
    """Yield the table of contents of the site, section by section, from the index."""
    sections: dict[str, list[str]] = {}
    for heading, name, link in _HEADING_OR_LINK.findall(_text(INDEX)):
        if heading:
            entries = sections.setdefault(heading, [])
        elif place := place_of(target_of(INDEX, link)):
            entries.append(f"{name} <{place.removesuffix('.md')}>")
    sections["Reference"][:0] = ("Playbooks <playbooks>", f"Modules, filters and roles <{REFERENCE}/index>")
    for heading, entries in sections.items():
        yield f"\n```{{toctree}}\n:hidden:\n:caption: {heading}\n\n" + "\n".join(entries) + "\n```\n"
