# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Questions to a plan."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.errors import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import query

PLAN = {"flows": [{"id": "a", "direction": "in"}, {"id": "b", "direction": "out"}]}


def test_an_answer():
    assert query.ask("flows[?direction=='in'].id", PLAN) == ["a"]


@pytest.mark.parametrize("expression", ["flows[?", "length(nothing)"])
def test_what_is_no_question_is_one_sentence(expression):
    with pytest.raises(MatrixError) as error:
        query.ask(expression, PLAN)
    assert str(error.value).startswith(f"query '{expression}' is no JMESPath expression that a plan can answer: ")
    assert "\n" not in str(error.value)


def test_without_jmespath_the_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(query, "jmespath", None)
    with pytest.raises(MatrixError) as error:
        query.ask("flows", PLAN)
    assert "query needs the Python package jmespath" in str(error.value)


@pytest.mark.parametrize("expression", ["flows[0:1:0]", "[" * 3000, "!" * 3000])
def test_whatever_the_library_makes_of_it_the_expression_is_wrong(expression):
    with pytest.raises(MatrixError, match="is no JMESPath expression that a plan can answer"):
        query.ask(expression, {"flows": [1, 2]})
