import { IconAlertTriangle, IconCircleDashed, IconCornerDownRight } from "@tabler/icons-react";
import Link from "next/link";
import { counted } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import type { Matrix, MatrixCell } from "#lib/inventory/matrix.sql.ts";
import classes from "./matrix.module.css";

/** Identities by resources: how many entitlements each cell is, whether one of them is privileged, and whether any is held directly. */
export function MatrixTable({ matrix: { identities, resources, cells } }: { matrix: Matrix }) {
  const cellOf = new Map(cells.map((cell) => [`${cell.identityId} ${cell.resourceId}`, cell]));
  return (
    <>
      <p className={classes.legend}>
        <span>a number: entitlements reached</span>
        <span>
          <IconAlertTriangle size={14} aria-hidden /> one is privileged
        </span>
        <span>
          <IconCircleDashed size={14} aria-hidden /> unknown whether one is
        </span>
        <span>
          <IconCornerDownRight size={14} aria-hidden /> only through groups or roles
        </span>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={classes.scroll} aria-label="Matrix of access, scrolls" tabIndex={0}>
        <table className={classes.table} aria-label="Identities by resources">
          <thead>
            <tr>
              <th scope="col">Identity</th>
              {resources.map(({ id, name }) => (
                <th key={id} scope="col">
                  <TextLink href={`/resources/${id}`}>{name}</TextLink>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {identities.map((identity) => (
              <tr key={identity.id}>
                <th scope="row">
                  <TextLink href={`/identities/${identity.id}`}>{identity.name}</TextLink>
                </th>
                {resources.map((resource) => (
                  <td key={resource.id}>
                    <Cell cell={cellOf.get(`${identity.id} ${resource.id}`)} identity={identity.name} resource={resource.name} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function Cell({ cell, identity, resource }: { cell: MatrixCell | undefined; identity: string; resource: string }) {
  if (!cell) return null;
  const { entitlements, privileged, unknown, isDirect, identityId } = cell;
  const marks = [
    privileged > 0 ? `${privileged} privileged` : null,
    unknown > 0 ? `${unknown} unknown whether privileged` : null,
    isDirect ? "held directly" : "only through groups or roles",
  ].filter((mark) => mark !== null);
  const text = `${identity} reaches ${resource}: ${counted(entitlements, "entitlement")}, ${marks.join(", ")}`;
  const tone = privileged > 0 ? "warning" : unknown > 0 ? "unknown" : undefined;
  return (
    <Link
      href={`/access?about=identity:${identityId}&q=${encodeURIComponent(resource)}`}
      prefetch={false}
      className={classes.cell}
      data-tone={tone}
      aria-label={text}
      title={text}
    >
      {!isDirect && <IconCornerDownRight size={14} aria-hidden />}
      {entitlements}
      {tone === "warning" && <IconAlertTriangle size={14} aria-hidden />}
      {tone === "unknown" && <IconCircleDashed size={14} aria-hidden />}
    </Link>
  );
}
