# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JMESPath questions to a plan."""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.plugin_utils._common.errors import MatrixError

try:
    import jmespath
except ImportError:
    jmespath = None

# What the library raises: its own errors are values, it says; some expressions end in others. The plan is never at
# fault.
_REFUSALS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def ask(expression: str, plan: object) -> object:
    """Return what the expression finds in the plan."""
    if jmespath is None:
        raise MatrixError(
            "query needs the Python package jmespath, which the controller or its execution environment lacks; "
            "install jmespath there."
        )
    try:
        return jmespath.search(expression, plan)
    except _REFUSALS as error:
        reason = " ".join(str(error).split())
        raise MatrixError(
            f"query '{expression}' is no JMESPath expression that a plan can answer: {reason}."
        ) from error
