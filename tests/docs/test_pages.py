# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No link is broken, in the repository and in the site."""

from __future__ import annotations

import re

import pytest

from . import pages, playbooks


def anchors(path: str) -> set[str]:
    """The anchors that a forge and the site create from the headings of a document."""
    text = re.sub(r"^```.*?^```$", "", (pages.REPOSITORY / path).read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_lead_to_files_and_headings(path):
    for link in pages.links(path):
        target = pages.target_of(path, link)
        _file, _hash, anchor = link.partition("#")
        assert not anchor or anchor in anchors(target), f"{path} links {link}, which has no such heading"


def test_the_index_has_every_document():
    linked = {pages.target_of(pages.INDEX, link) for link in pages.links(pages.INDEX)}
    unlinked = set(pages.documents()) - linked - {pages.INDEX}
    assert not unlinked, f"{pages.INDEX} does not link {', '.join(sorted(unlinked))}; say there what one reads in it"


def test_each_document_has_a_place_of_its_own():
    places = [pages.place_of(path) for path in pages.documents()]
    assert len(places) == len(set(places))
    assert pages.place_of("docs/verify.md") == "verify.md"
    assert pages.place_of("roles/nfs_ports/README.md") == "roles/nfs_ports.md"
    assert pages.place_of("tests/lab/README.md") == "lab-folder.md"
    assert pages.place_of("docs/examples/provisioning.yml") is None


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository of two documents, an example and a role."""
    for name, text in {
        "docs/README.md": "# X\n\n## Begin\n\n- [One](one.md)\n\n## Reference\n\n- [R](../roles/r/README.md)\n",
        "docs/one.md": "see [r](../roles/r/README.md#top), [e](examples/e.yml) and `fleet.ports.m`\n"
                       "```sh\n[x](nowhere.md) `fleet.ports.m`\n```\n",
        "docs/examples/e.yml": "---\n",
        "roles/r/README.md": "# r\n\n[back](../../docs/one.md) [out](https://example.org/x.md)\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(pages, "REPOSITORY", tmp_path)
    return tmp_path


def reference(name):
    return {"m": "reference/m_module.rst"}.get(name)


def test_links_are_turned_and_code_is_left(repository):
    assert pages.page("docs/one.md", reference) == (
        "see [r](roles/r.md#top), [e](files/docs/examples/e.yml) and [`fleet.ports.m`](reference/m_module.rst)\n"
        "```sh\n[x](nowhere.md) `fleet.ports.m`\n```\n"
    )
    assert pages.page("roles/r/README.md", reference) == "# r\n\n[back](../one.md) [out](https://example.org/x.md)\n"
    assert pages.files() == {"docs/examples/e.yml"}


def test_the_contents_of_the_site_are_those_of_the_index(repository):
    assert pages.page(pages.INDEX, reference).endswith(
        "\n```{toctree}\n:hidden:\n:caption: Begin\n\nOne <one>\n```\n"
        "\n```{toctree}\n:hidden:\n:caption: Reference\n\n"
        "Playbooks <playbooks>\nModules, filters and roles <reference/index>\nR <roles/r>\n```\n"
    )


def test_a_broken_link_is_named(repository):
    (repository / "docs" / "one.md").write_text("[gone](gone.md#x)")
    with pytest.raises(pages.BrokenLink) as error:
        pages.page("docs/one.md", reference)
    assert str(error.value) == "docs/one.md links gone.md#x, and there is no such file; correct the link."


def test_playbooks_are_told_of_by_their_own_comments(repository):
    (repository / "playbooks").mkdir()
    for name in ("audit", "plan"):
        text = f"---\n# Does {name}:\n#\n#   it --now\n\n- hosts: all\n# no\n"
        (repository / "playbooks" / f"{name}.yml").write_text(text)
    assert playbooks.names() == ["plan", "audit"]
    assert playbooks.page() == (
        "# Playbooks\n\n## fleet.ports.plan\n\nDoes plan:\n\n    it --now\n"
        "\n## fleet.ports.audit\n\nDoes audit:\n\n    it --now\n"
    )
    assert playbooks.link("plan") == "playbooks.md#fleetportsplan"
