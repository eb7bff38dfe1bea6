# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A figure says whether its bound holds, and the table says it in words."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.tests.bench.figures import Figure, ratio, seconds, table


@pytest.mark.parametrize(
    "measured, bound, at_least, holds",
    [
        (1.3, 1.3, False, True),
        (1.31, 1.3, False, False),
        (6.0, 6.0, True, True),
        (5.9, 6.0, True, False),
        (99.0, None, False, True),
    ],
)
def test_a_bound_holds_or_does_not(measured, bound, at_least, holds):
    assert Figure("x", measured, bound, "×", "", at_least).holds is holds


def test_a_ratio_is_of_medians_and_says_what_they_were():
    figure = ratio("x", [4.0, 2.0, 30.0], [2.0, 1.0, 1.0], 3, "like this")
    assert (figure.measured, figure.holds) == (4.0, False)
    assert figure.how == "like this: 4 (2 to 30) s against 1 (1 to 2) s, medians of 3"


def test_one_measurement_is_called_that():
    assert seconds("x", [0.5], 1, "alone").how == "alone, measured once"


def test_the_table_names_what_misses_its_bound():
    lines = table([ratio("slow", [9.0], [1.0], 2, "a"), Figure("hosts", 1200, None, "", "b")]).splitlines()
    assert [cell.strip() for cell in lines[2].split("|")[1:-1]][:4] == ["slow", "9 ×", "≤ 2 ×", "MISSED"]
    assert [cell.strip() for cell in lines[3].split("|")[1:-1]] == ["hosts", "1,200", "", "", "b"]
    assert len({len(line) for line in lines}) == 1
