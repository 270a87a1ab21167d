/** The report's only style sheet: light, dark where the reader's screen is, and plain ink on A4 or Letter. Rows are never cut by a page. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --page: #fff; --panel: #f6f7f9; --text: #16181d; --dimmed: #5a6270; --line: #d9dde3; --accent: #3b4cca;
  --danger: #b42318; --warning: #8a5300; --warning-fill: #fff7e6; --warning-line: #e8c27a; --verified: #1a7f4b; }
@media (prefers-color-scheme: dark) { :root { --page: #14161a; --panel: #1c1f25; --text: #e8eaee; --dimmed: #a2a9b5; --line: #343a44; --accent: #a5b0ff;
  --danger: #ff9b90; --warning: #f3c877; --warning-fill: #2a2415; --warning-line: #6d5525; --verified: #6fd39f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 32px 24px 64px; background: var(--page); color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 20px; margin: 40px 0 8px; }
h3 { font-size: 16px; margin: 24px 0 4px; }
p { margin: 0 0 8px; max-width: 48rem; }
a { color: var(--accent); }
code, .mono { font: 12px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 12px; margin: 8px 0; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 12px/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.kicker { color: var(--dimmed); margin: 0 0 4px; }
.cover { border-bottom: 2px solid var(--text); padding-bottom: 24px; }
dl { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: 4px 24px; margin: 16px 0 0; }
dt { color: var(--dimmed); }
dd { margin: 0; overflow-wrap: anywhere; unicode-bidi: isolate; }
.quote { white-space: pre-wrap; border-left: 3px solid var(--line); padding-left: 12px; unicode-bidi: isolate; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 12px; margin: 16px 0; padding: 0; list-style: none; }
.figures li { border: 1px solid var(--line); border-radius: 6px; padding: 12px; break-inside: avoid; }
.figures b { display: block; font-size: 20px; font-variant-numeric: tabular-nums; }
.figures span { color: var(--dimmed); }
.gaps { border: 1px solid var(--warning-line); background: var(--warning-fill); border-radius: 6px; padding: 16px 20px; margin: 24px 0; }
.gaps h2 { margin-top: 0; }
.gaps ul { margin: 4px 0 12px; padding-left: 20px; }
.gaps li { margin: 4px 0; break-inside: avoid; overflow-wrap: anywhere; unicode-bidi: isolate; }
.gaps small { color: var(--dimmed); }
.table { overflow-x: auto; margin: 8px 0 16px; }
table { border-collapse: collapse; width: 100%; font-size: 12px; }
caption { text-align: left; color: var(--dimmed); padding: 4px 0; }
th, td { text-align: left; vertical-align: top; padding: 6px 8px; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; unicode-bidi: isolate; }
th { border-bottom: 1px solid var(--text); font-weight: 600; vertical-align: bottom; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
td.n { white-space: nowrap; }
td:not(.n):first-child { min-width: 6rem; }
table.narrow { width: auto; min-width: 20rem; }
tr { break-inside: avoid; page-break-inside: avoid; }
thead { display: table-header-group; }
tfoot { display: table-row-group; }
.bad { color: var(--danger); font-weight: 600; }
.warn { color: var(--warning); font-weight: 600; }
.good { color: var(--verified); font-weight: 600; }
.dim { color: var(--dimmed); }
@media (max-width: 40rem) { body { padding: 20px 16px 48px; } dl { grid-template-columns: 1fr; gap: 0 0; } dd { margin-bottom: 8px; } }
@page { margin: 16mm 14mm; }
@media print {
  :root { color-scheme: light; --page: #fff; --panel: #fff; --text: #000; --dimmed: #444; --line: #bbb; --accent: #000; --danger: #900; --warning: #640;
    --warning-fill: #fff; --warning-line: #000; --verified: #063; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  table, code, pre, .mono { font-size: 8pt; }
  .table { overflow: visible; }
  h1, h2, h3, caption { break-after: avoid; }
  h2 { margin-top: 20pt; }
  pre, .cover { break-inside: avoid; }
  a { text-decoration: none; }
}
`;
