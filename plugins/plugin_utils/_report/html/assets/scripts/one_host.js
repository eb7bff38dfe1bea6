// Copyright (c) 2026 fleet.ports contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// One host: its roles, and the ports that it names, holds and pins; the matrix below shows its flows.

const claimTable = (claims) => {
  const table = make("table", { class: "claims" }, make("caption", {}, "Ports that the host names, holds and pins"),
    make("thead"), make("tbody"));
  tableHead(table, [["What"], ["Name"], ["Port"], ["Protocol"], ["Why"], ["Reference"]]);
  table.tBodies[0].append(...claims.map((claim) => tableRow(
    [{}, claim.verb],
    [{}, claim.what],
    [{ class: "ports" }, make("span", {}, String(claim.port))],
    [{}, claim.protocol],
    [{ class: "reason whole", "data-label": "Why" }, claim.reason],
    [{ class: "whole", "data-label": "Reference" }, claim.reference],
  )));
  return table;
};

const showHost = (panel, asked) => {
  const host = fleet.hostOf.get(asked);
  panel.hidden = !asked;
  panel.replaceChildren();
  if (!asked) return;
  if (!host) {
    const names = suggestedNames(asked);
    panel.append(make("p", {}, `No host is named ${asked}. `, names.length ? "Did you mean: " : "",
      ...names.flatMap((name) => [hostLink(name), " "])));
    return;
  }
  const { claims, notes, roles, domain, rows } = host.profile;
  panel.append(
    make("h3", {}, host.name),
    make("p", {}, `${roles.join(", ")}, domain ${domain}`),
    make("p", { class: "addresses" }, host.own.addresses.map(shortened).join(" ") || "no address"),
    ...notes.map((note) => make("p", {}, note)),
    make("h4", {}, "Named, held, pinned"),
    claims.length ? claimTable(claims) : make("p", {}, "None."),
    make("h4", {}, "Opened"),
    make("p", {}, rows.length ? `${counted(rows.length, "row")}, below.` : "None."),
  );
};
