import pg from "pg";
import { readItemToDecide, writeAnswer } from "#lib/campaigns/decision.sql.ts";
import { pgTx } from "#lib/db/tx.ts";

/** What W4 is held against: the statements of a decision behind the least that a Next route can be. No sign-in, no parsing, no rule; never served to anyone. */
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 12 });

type Given = {
  campaignId: string;
  itemId: string;
  version: number;
  personId: string;
  userId: string;
  answer: "keep" | "abstain";
  rationale: string;
};

const COMMITMENT = { $commitment: `sha256:${"0".repeat(64)}` };
const KEPT = ["/actor/label", "/reason", "/subject/label"];
const SALTS = KEPT.map(() => "0".repeat(32));

const RECORD = `WITH event AS (INSERT INTO audit_events (body) VALUES ($1::text) RETURNING id)
  INSERT INTO audit_values (event_id, name, salt, value)
  SELECT event.id, kept.name, kept.salt, kept.value FROM event, unnest($2::text[], $3::text[], $4::text[]) AS kept (name, salt, value)`;

/** As long as the real one. */
const bodyOf = ({ campaignId, itemId, userId, personId }: Given, decisionId: string, version: number) =>
  JSON.stringify({
    actor: {
      authenticated: { method: "password" },
      id: userId,
      kind: "user",
      label: COMMITMENT,
      person_id: personId,
      roles: ["reviewer"],
      sign_in_id: null,
    },
    data: { campaignId, decisionId, isLate: false, version },
    occurred_at: new Date().toISOString(),
    reason: COMMITMENT,
    request_id: itemId,
    subject: { id: itemId, kind: "campaign_item", label: COMMITMENT },
    type: "campaign_item.kept",
  });

export async function POST(request: Request): Promise<Response> {
  const given: Given = await request.json();
  const { campaignId, itemId, version, personId, userId, answer, rationale } = given;
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const tx = pgTx(client);
    const item = await readItemToDecide(tx, campaignId, itemId, personId);
    const authentication = { method: "password" } as const;
    const actor = { kind: "user", userId, personId, label: "", roles: ["reviewer"], signInId: null, authentication } as const;
    const answering = {
      campaignId,
      personId,
      actor,
      answer,
      rationale,
      now: new Date(),
      isLate: false,
      seconds: null,
      evidenceViewed: false,
      suggestion: item?.suggestion ?? null,
    };
    const { decisionId = "", label = "" } = item ?? {};
    if (!(await writeAnswer(tx, { itemId, version, decisionId }, answering))) throw new Error("Nothing was written.");
    const values = ["Reviewer", rationale, label].map((value) => JSON.stringify(value));
    await tx.rows(RECORD, [bodyOf(given, decisionId, version + 1), KEPT, SALTS, values], { name: "record_audit" });
    await client.query("COMMIT");
    return Response.json({ decisionId, version: version + 1 });
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}
