// Copyright (c) 2026 fleet.ports contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The page: each change of the filter updates what is shown.

let rows = [];

const show = () => {
  const asked = filter.read(), host = fleet.hostOf.get(asked.host), words = filter.inWords();
  rows = chosenRows(asked);
  const all = host ? host.profile.rows.length : fleet.rows.length;
  byId("count").textContent = words
    ? `${rows.length.toLocaleString("en")} of ${counted(all, "row")}: ${words}`
    : counted(all, "row");
  byId("clear").disabled = !words;
  byId("copy-csv").disabled = byId("copy-request").disabled = !rows.length;
  byId("copied").textContent = "";
  byId("host-names").replaceChildren(...(asked.host && !host ? suggestedNames(asked.host) : [])
    .map((value) => make("option", { value })));
  showHost(byId("one-host"), asked.host);
  flowTable.show(rows, Boolean(host));
};

const goTo = (id) => {
  byId(id).scrollIntoView();
  byId(id).focus({ preventScroll: true });
};

filter.form.addEventListener("submit", (event) => event.preventDefault());
filter.form.addEventListener("input", () => {
  // Typing replaces the entry of the history, so that going back does not go letter by letter.
  history.replaceState(null, "", filter.toHash());
  show();
});
byId("clear").addEventListener("click", () => {
  filter.fromHash("#");
  history.replaceState(null, "", "#");
  show();
  filter.form.elements.search.focus();
});
for (const [id, write, form] of [["copy-csv", asCsv, "CSV"], ["copy-request", asRequest, "change request"]]) {
  byId(id).addEventListener("click", async () => {
    const done = await copy(write(rows));
    byId("copied").textContent = done
      ? `Copied ${counted(rows.length, "row")} as ${form}.`
      : "The browser denies this page access to the clipboard. Use fleet.csv in the same folder instead.";
  });
}
document.addEventListener("click", (event) => {
  // A link within the page scrolls there, and keeps the filter in the address.
  const link = event.target.closest("a[href^='#']");
  if (!link || hasFilter(link.getAttribute("href"))) return;
  event.preventDefault();
  goTo(link.getAttribute("href").slice(1));
});
addEventListener("hashchange", () => {
  if (location.hash && !hasFilter(location.hash)) return;
  filter.fromHash(location.hash);
  show();
  if (hasFilter(location.hash)) goTo("matrix");
});
addEventListener("beforeprint", () => flowTable.slices.showAll());

hostTable.start();
filter.fromHash(hasFilter(location.hash) ? location.hash : "#");
show();
if (hasFilter(location.hash)) goTo("matrix");
