# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each document of the site is a separate test case."""

from __future__ import annotations

import pytest

from . import pages


@pytest.fixture(params=pages.documents())
def path(request) -> str:
    """The path of a document in the repository."""
    return request.param


@pytest.fixture
def text(path) -> str:
    """The text of the document."""
    return (pages.REPOSITORY / path).read_text(encoding="utf-8")
