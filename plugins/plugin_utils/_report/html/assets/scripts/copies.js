// Copyright (c) 2026 fleet.ports contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The rows that are shown, for other programs: as CSV like the file beside the page, and as a change request.

const END_OF = { source_addresses: "source", destination_addresses: "destination" };

const asText = (row, column) => {
  if (column === "direction") return row.direction;
  if (column in END_OF) return row[END_OF[column]].addresses.join(" ");
  const value = row.kind[column];
  return typeof value === "boolean" ? (value ? "yes" : "no") : value;
};

// A spreadsheet evaluates a cell that starts like this.
const harmless = (text) => (fleet.csv.formula.some((sign) => text.startsWith(sign)) ? `'${text}` : text);
const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const asCsv = (rows) => [
  fleet.csv.columns,
  ...rows.map((row) => fleet.csv.columns.map((column) => quoted(harmless(asText(row, column))))),
].map((cells) => `${cells.join(",")}\n`).join("");

const endOf = (role, group) => `${group.addresses.join(" ")} (${role})`;

const asRequest = (rows) => [
  ["Source", "Destination", "Protocol", "Port", "Reason"],
  ...rows.map(({ kind, source, destination }) => [
    `${endOf(kind.source_role, source)} from ${kind.source_ports}`,
    endOf(kind.destination_role, destination),
    kind.protocol,
    kind.destination_ports,
    `${kind.phase}, ${kind.service}${kind.initiates ? "" : ", reply"}: `
      + (kind.documented ? kind.reference : kind.reason),
  ].map(harmless)),
].map((cells) => `${cells.join("\t")}\n`).join("");

// Old browsers, and those that give file: pages no access to the clipboard, can still copy a selection.
const copySelected = (text) => {
  const area = make("textarea", { class: "hidden-text", "aria-hidden": "true" });
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused.focus();
  return done;
};

const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
};
