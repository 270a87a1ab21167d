import "server-only";
import { reader } from "./transact.ts";
import type { Tx } from "./tx.ts";

export type DatabaseHealth = {
  database: "reachable" | "unreachable";
  /** "off" where the role that serves pages could change history: an operator should know it before an auditor does. */
  roleSeparation: "on" | "off" | "unknown";
};

const PATIENCE_MS = 2_000;

/** For probes: takes no scope, since it tells nothing about anybody, and answers in any case. */
export async function getDatabaseHealth(tx: Tx = reader): Promise<DatabaseHealth> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => refuse(new Error("the database does not answer")), PATIENCE_MS);
  });
  try {
    const read = tx.rows<{ may_rewrite: boolean | null }>(
      "SELECT has_table_privilege(current_user, to_regclass('public.audit_events'), 'UPDATE, DELETE, TRUNCATE') AS may_rewrite",
    );
    const [row] = await Promise.race([read, patience]);
    const mayRewrite = row?.may_rewrite;
    return { database: "reachable", roleSeparation: mayRewrite === true ? "off" : mayRewrite === false ? "on" : "unknown" };
  } catch {
    return { database: "unreachable", roleSeparation: "unknown" };
  } finally {
    clearTimeout(timer);
  }
}
