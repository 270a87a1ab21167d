import { FiguresTable } from "#components/campaigns/figures-table.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { Scope } from "#lib/connectors/contract.ts";
import classes from "./files.module.css";

const columns = [
  { id: "name", header: "Scope", cell: (scope: Scope) => scope.name },
  {
    id: "held",
    header: "Held",
    cell: (scope: Scope) =>
      scope.isHeld ? (
        <ToneText tone="verified">held</ToneText>
      ) : (
        <ToneText tone="warning">{scope.isMandatory ? "missing, and needed" : "missing"}</ToneText>
      ),
  },
  { id: "purpose", header: "What for, or what to do", cell: (scope: Scope) => <span className={classes.wrap}>{scope.purpose}</span> },
  {
    id: "costs",
    header: "Without it",
    cell: (scope: Scope) => (
      <span className={classes.wrap}>{scope.isMandatory ? "A run is held until it is there." : (scope.costs ?? "unknown")}</span>
    ),
  },
];

/** What the reader may do, and what it would have to: those missing first. */
export function ScopesTable({ scopes, caption }: { scopes: readonly Scope[]; caption: string }) {
  const weight = (scope: Scope) => (scope.isHeld ? 2 : scope.isMandatory ? 0 : 1);
  const ordered = [...scopes].sort((one, other) => weight(one) - weight(other));
  return <FiguresTable caption={caption} columns={columns} rows={ordered} getRowId={(scope) => scope.name} />;
}
