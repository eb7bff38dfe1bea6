# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The messages in the sources: the texts of plugins and playbooks, with ``…`` for each value."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from . import pages

FILLED_IN = "…"


@cache
def texts() -> tuple[str, ...]:
    """Return all texts of the plugins and playbooks, each as one line."""
    python = (path.read_text(encoding="utf-8") for path in pages.REPOSITORY.glob("plugins/**/*.py"))
    yaml = (path.read_text(encoding="utf-8") for path in pages.REPOSITORY.glob("playbooks/**/*.yml"))
    found = (*(text for source in python for text in _of_python(source)), *map(_of_yaml, yaml))
    return tuple(" ".join(text.split()) for text in found)


def can_say(message: str) -> bool:
    """Return whether a message, with ``…`` for each value, is a part of one of these texts."""
    return any(message in text for text in texts())


def _of_python(source: str) -> Iterator[str]:
    for node in _said(ast.parse(source)):
        if isinstance(node, (ast.JoinedStr, ast.Constant)):
            yield _text(node)


def _said(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and its children except documentation, which describes messages but does not print them."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("DOCUMENTATION", "EXAMPLES", "RETURN"):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _said(child)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_text, node.values))
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else FILLED_IN


def _of_yaml(source: str) -> str:
    without_comments = re.sub(r"^ *#.*$", "", source, flags=re.MULTILINE)
    return re.sub(r"\{\{.*?\}\}", FILLED_IN, without_comments, flags=re.DOTALL)
