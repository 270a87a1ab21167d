import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { sealPending } from "#lib/audit/sealer.ts";
import { systemActor } from "#lib/authz/actor.ts";
import { reader } from "#lib/db/transact.ts";
import { claimDone } from "#lib/remediation/commands/claim.ts";
import { closeCampaign } from "#lib/remediation/commands/close-campaign.ts";
import { ticketRemediation } from "#lib/remediation/commands/ticket.ts";
import { verifyRemediations } from "#lib/remediation/commands/verify.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { seededRandom } from "#lib/testing/random.ts";
import { job } from "#lib/testing/removals.ts";
import {
  FORMULA,
  HOSTILE,
  loggedRun,
  makeCredential,
  SCRIPT,
  type SignedOff,
  signedOffCampaign,
} from "#lib/testing/signed-off-campaign.ts";
import { entriesOf } from "#lib/testing/toy-pack.ts";
import { CHECKLIST } from "./checklist.ts";
import { type ExportedPack, exportEvidence } from "./commands/export.ts";
import { csvCell, FORMULA_START } from "./csv.ts";
import { STANDING_GAPS } from "./gaps.ts";
import { packFile } from "./make-pack.sql.ts";
import { guarded } from "./tables.sql.ts";
import { verifyPack } from "./verifier/verify.js";

ownTestDatabase();

let made: SignedOff;
let pack: ExportedPack;
let bytes: Buffer;
let files: Map<string, string>;

beforeAll(async () => {
  made = await signedOffCampaign();
  pack = await exportEvidence(make.confirmed(made.owner), { campaign: "latest" });
  bytes = readFileSync(pack.file);
  files = new Map([...entriesOf(bytes).contents].map(([name, content]) => [name, content.toString("utf8")]));
});

type Cells = Record<string, string>;
const csv = (name: string): Cells[] => parse(files.get(`${name}.csv`) ?? "", { columns: true });
const json = <R = Record<string, unknown>>(name: string): R[] => JSON.parse(files.get(`${name}.json`) ?? "null");
const again = (checkpoint = pack.treeSize) => exportEvidence(make.confirmed(made.owner), { campaign: made.campaignId, checkpoint });

describe("a pack of a signed-off campaign", () => {
  it("verifies under the instance's key, with every item, decision and event accounted for", async () => {
    const { verdict, problems, pack: told } = await verifyPack(bytes, { key: pack.fingerprint });
    expect(problems).toEqual([]);
    expect(verdict).toBe("verified");
    expect(told?.campaign).toMatchObject({ id: made.campaignId, name: HOSTILE.campaign });
    expect(told?.counts).toEqual({ items: 10, decisions: 11, decided: 10 });
    const rows = (name: string) => csv(name).length;
    expect(["submissions", "reassignments", "remediation", "reviewers", "reaches", "population", "machines"].map(rows)).toEqual([
      2, 2, 2, 3, 1, 3, 1,
    ]);
  });

  it("ties each decision to the event that recorded it, those of a bulk to the one of the bulk", () => {
    const events =
      files
        .get("audit/events.jsonl")
        ?.trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)) ?? [];
    const typeOf = (id: string | undefined) => JSON.parse(events.find((event) => event.event_id === id)?.body ?? "{}").type;
    const decisions = json<{ answer: string; batch_size: number; event_id: string; counts: boolean }>("decisions");
    expect(decisions.filter(({ batch_size: size }) => size === 5).map(({ event_id: id }) => typeOf(id))).toEqual(
      Array(5).fill("campaign_items.decided"),
    );
    expect(new Set(decisions.filter(({ batch_size: size }) => size === 1).map(({ event_id: id }) => typeOf(id)))).toEqual(
      new Set(["campaign_item.kept", "campaign_item.revoked", "campaign_item.abstained", "campaign_item.answer_withdrawn"]),
    );
    expect(decisions.filter(({ counts }) => counts).length).toBe(8);
  });

  it("tells of a machine's identity what the freeze knew: owners, purpose, credentials with their ages, who may assume it", () => {
    expect(json("machines")).toEqual([
      expect.objectContaining({
        name: "robot",
        owner: "=Rob",
        backup_owner: "@Fay",
        purpose: FORMULA,
        interactive: "yes",
        credentials: 1,
        trusts: 1,
      }),
    ]);
    expect(csv("credentials")).toEqual([
      expect.objectContaining({
        credential_id: "key-1",
        kind: "key",
        created: expect.stringMatching(/^2024-05-01T00:00:00/),
        expires: "unknown",
      }),
    ]);
    expect(json("trusts")).toEqual([expect.objectContaining({ issuer: SCRIPT, subject_pattern: "repo:pay/*", audience: null })]);
  });

  it("shows silence apart from decisions, and names nobody for it", () => {
    const silent = csv("items").filter(({ by_silence: is }) => is === "true");
    expect(silent.map(({ identity, outcome, decision_id: id }) => [identity, outcome, id]).sort()).toEqual([
      ["mia", "unanswered", ""],
      ["zed", "unanswered", ""],
    ]);
  });

  it("holds the manifest of the population as it was signed at the freeze, and its signature", async () => {
    const [row] = await reader.rows<{ manifest: string; signature: string }>(
      "SELECT manifest, signature FROM populations WHERE campaign_id = $1::uuid",
      [made.campaignId],
    );
    expect(files.get("population-manifest.json")).toBe(row?.manifest);
    expect(entriesOf(bytes).contents.get("population-manifest.sig")?.toString("base64")).toBe(row?.signature);
  });

  it("answers each line of the checklist with files and fields that are in it, and prints the gaps of the others", () => {
    const codes = json<{ code: string }>("gaps").map(({ code }) => code);
    for (const code of STANDING_GAPS) expect(codes).toContain(code);
    for (const { id, answers } of CHECKLIST) {
      for (const { file, fields } of answers) {
        const text = files.get(file);
        expect({ id, file, has: text !== undefined }).toEqual({ id, file, has: true });
        const known = file.endsWith(".csv") ? (text?.split("\n")[0]?.split(",") ?? []) : fieldsOf(text ?? "");
        for (const field of fields) expect({ id, file, fields: known }).toEqual({ id, file, fields: expect.arrayContaining([field]) });
      }
    }
  });

  it("says in words what it does not prove, with numbers", () => {
    const gaps = new Map(json<{ code: string; count: number | null; text: string }>("gaps").map((gap) => [gap.code, gap]));
    expect(gaps.get("by_silence")).toMatchObject({ count: 2 });
    expect(gaps.get("files_unattested")).toBeUndefined(); // the upload was never logged, so the pack does not know the file
    expect(gaps.get("removal_open")).toMatchObject({ count: 2, text: "2 removals are not proven at the checkpoint (manual required: 2)." });
    expect(gaps.get("password_only")?.text).toBe(
      "11 of 11 decisions were made after signing in with a password alone. That is one factor: not MFA.",
    );
    expect(gaps.get("unknown_last_used")).toMatchObject({ count: 10 });
    expect(gaps.get("unknown_factors")).toMatchObject({ count: 9 });
    expect(gaps.get("reviewers_silent")).toMatchObject({ count: 1 });
    expect(gaps.get("total_not_declared")?.count).toBe(3);
    expect([...gaps.keys()]).not.toContain("digest_differs");
    expect(files.get("gaps.txt")).toContain("password alone");
  });
});

const fieldsOf = (text: string): string[] => {
  const first = text.startsWith("[\n")
    ? text.slice(2).split("\n")[0]?.replace(/,$/, "")
    : text.split("\n")[0]?.startsWith("{")
      ? text.trimEnd().includes("\n")
        ? text.split("\n")[0]
        : text
      : "{}";
  return Object.keys(JSON.parse(first === "]" ? "{}" : (first ?? "{}")));
};

describe("names from outside", () => {
  it("start no formula in any cell of any table, and stand unchanged in the JSON", () => {
    const startsFormula = new RegExp(FORMULA_START, "u");
    let cells = 0;
    for (const name of [...files.keys()].filter((file) => file.endsWith(".csv"))) {
      for (const row of csv(name.slice(0, -4))) {
        for (const [column, cell] of Object.entries(row)) {
          cells += 1;
          if (startsFormula.test(cell)) throw new Error(`${name} ${column}: ${cell}`);
        }
      }
    }
    expect(cells).toBeGreaterThan(500);
    const item = json<{ entitlement: string; identity: string; granted_by: string; person: string }>("items").find(
      ({ granted_by: by }) => by !== null,
    );
    expect(item).toMatchObject({
      entitlement: HOSTILE.entitlement,
      identity: HOSTILE.identity,
      granted_by: FORMULA,
      person: HOSTILE.person,
    });
    expect(csv("items").find(({ granted_by: by }) => by !== "")?.granted_by).toBe(`'${FORMULA}`);
    expect(json<{ rationale: string }>("decisions").find(({ rationale }) => rationale !== null)?.rationale).toBe(HOSTILE.reason);
  });

  it("are text in the report, which holds no script and fetches nothing", () => {
    const report = files.get("report.html") ?? "";
    const tags = new Set([...report.matchAll(/<\/?([a-z0-9!]+)/gi)].map((match) => match[1]?.toLowerCase()));
    for (const tag of ["script", "img", "iframe", "link", "object", "form", "svg"]) expect([...tags]).not.toContain(tag);
    const attributes = new Set(
      [...report.matchAll(/<[a-z][^>]*>/gi)].flatMap(([tag]) => [...tag.matchAll(/\s([a-z-]+)="/gi)].map((match) => match[1])),
    );
    for (const attribute of attributes)
      expect(["lang", "charset", "http-equiv", "content", "name", "class", "id", "scope"]).toContain(attribute);
    expect(report).not.toMatch(/url\(|@import/i);
    expect(report).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(report).not.toContain("\u202e");
    for (const shown of ["What this pack does not prove", "By silence", "Verify this", pack.fingerprint]) expect(report).toContain(shown);
  });

  it("are guarded by the server exactly as the rule in csv.ts guards them", async () => {
    const starts = [...Array(128).keys(), 0xff0b, 0xff0d, 0xff1d, 0xff20, 0x2212, 0x00a0, 0x1f600].filter((code) => code > 0);
    const texts = [
      "",
      ...starts.flatMap((code) => [String.fromCodePoint(code), `${String.fromCodePoint(code)}1+1,"x"`, `a${String.fromCodePoint(code)}`]),
    ];
    const rows = await reader.rows<{ cell: string }>(
      `SELECT ${guarded("t.value")} AS cell FROM unnest($1::text[]) WITH ORDINALITY AS t (value, place) ORDER BY t.place`,
      [texts],
    );
    const unquoted = (cell: string) => cell.slice(1, -1).replaceAll('""', '"');
    expect(rows.map(({ cell }) => cell)).toEqual(texts.map((value) => unquoted(csvCell(value))));
  });

  it("cannot break out of a line of gaps.txt", () => {
    expect(
      files
        .get("gaps.txt")
        ?.split("\n")
        .filter((line) => !/^(- | {2}\(|$|[A-Z=-])/.test(line)),
    ).toEqual([]);
  });
});

it("is refused with any bit of any file flipped, and the file is named", async () => {
  const random = seededRandom(20261123);
  const full = [...entriesOf(bytes).contents].filter(([, content]) => content.length > 0);
  for (const [name, content] of full) {
    const broken = Buffer.from(bytes);
    const at = content.byteOffset - bytes.byteOffset + random.below(content.length);
    broken[at] = (broken[at] ?? 0) ^ (1 << random.below(8));
    const { verdict, problems } = await verifyPack(broken, { key: pack.fingerprint });
    expect({ name, at, verdict, named: problems[0]?.file }).toEqual({ name, at, verdict: "refused", named: name });
  }
  expect(full.length).toBeGreaterThan(40);
});

describe("the same campaign and checkpoint", () => {
  it("give the same bytes, whatever happened since", async () => {
    await rm(pack.file);
    expect((await again()).sha256).toBe(pack.sha256);

    // Removals go on, with their proof; the source is read again; people and users change; the campaign closes.
    const tasks = await reader.rows<{ id: string }>("SELECT id FROM remediations WHERE campaign_id = $1::uuid", [made.campaignId]);
    const [ticketed] = tasks;
    if (ticketed) await ticketRemediation(make.ctxOf(made.pat), { remediationId: ticketed.id, reference: FORMULA });
    for (const { id } of tasks) await claimDone(make.ctxOf(made.pat), { remediationId: id, proof: FORMULA });
    for (const endGrants of [[made.grants.admin, made.grants.write], []]) {
      const [last] = await reader.rows<{ at: Date }>(
        "SELECT greatest(max(started_at), clock_timestamp()) + interval '1 second' AS at FROM sync_runs WHERE source_id = $1::uuid",
        [made.source.id],
      );
      const runId = await loggedRun(made.source, { startedAt: last?.at ?? new Date() });
      for (const grant of endGrants) await make.endGrant(grant, runId);
      await reader.rows(
        `INSERT INTO inventory_changes (run_id, source_id, stream, record_id, kind, before, after, at)
         SELECT $1::uuid, source_id, 'people', id, 'changed', jsonb_build_object('title', title, 'name', name), '{}', now() FROM people WHERE id = $2::uuid`,
        [runId, made.people.mia],
      );
      await reader.rows(
        `INSERT INTO inventory_changes (run_id, source_id, stream, record_id, kind, before, after, at)
         SELECT $1::uuid, source_id, 'identities', id, 'changed', jsonb_build_object('purpose', purpose, 'interactive', interactive), '{}', now()
         FROM identities WHERE id = $2::uuid`,
        [runId, made.robot],
      );
      await reader.rows("UPDATE identities SET purpose = 'another', interactive = 'no', last_used_kind = 'never' WHERE id = $1::uuid", [
        made.robot,
      ]);
      await makeCredential(made.source, made.robot, `key of ${runId}`, runId);
      await reader.rows(
        `INSERT INTO inventory_changes (run_id, source_id, stream, record_id, kind, before, after, at)
         SELECT $1::uuid, source_id, 'credentials', id, 'gone', '{}', '{}', now() FROM credentials WHERE external_id = 'key-1'`,
        [runId],
      );
      await reader.rows("UPDATE credentials SET gone_at = now(), gone_run_id = $1::uuid WHERE external_id = 'key-1'", [runId]);
      await reader.rows("UPDATE people SET title = title || ' (new)', name = 'Somebody else' WHERE id = $1::uuid", [made.people.mia]);
      await verifyRemediations(job(), { sourceId: made.source.id, runId });
    }
    await reader.rows("UPDATE app_users SET display_name = 'Renamed'");
    await reader.rows("UPDATE sources SET name = name || ' renamed' WHERE id = $1::uuid", [made.source.id]);
    await closeCampaign(make.ctxOf(made.owner), { campaignId: made.campaignId, openRemediationIds: [] });
    await sealPending(make.ctxOf(systemActor("test")), { sweep: true });

    await rm(packFile(pack.sha256));
    const later = await again();
    expect(later.sha256).toBe(pack.sha256);
    expect(readFileSync(later.file).equals(bytes)).toBe(true);
  });

  it("give another pack once a later checkpoint covers more: removals verified, the first export in its log", async () => {
    const next = await exportEvidence(make.confirmed(made.owner), { campaign: made.campaignId });
    expect(next.treeSize).toBeGreaterThan(pack.treeSize);
    const { contents } = entriesOf(readFileSync(next.file));
    const read = (name: string) => JSON.parse(contents.get(name)?.toString("utf8") ?? "null");
    const removals = read("remediation.json") as Record<string, string>[];
    expect(removals.map(({ state, claimed_done_by: by }) => [state, by])).toEqual([
      ["VERIFIED", "Pat"],
      ["VERIFIED", "Pat"],
    ]);
    expect(removals.filter(({ ticket }) => ticket !== null)).toMatchObject([{ ticket: FORMULA, ticketed_by: "Pat", ticket_link: null }]);
    for (const { first_absent_run_id: first, second_absent_run_id: second } of removals) {
      const runs = (read("runs.json") as { id: string; state: string; is_complete: boolean }[]).map(({ id, state, is_complete }) => [
        id,
        state,
        is_complete,
      ]);
      expect(runs).toContainEqual([first, "APPLIED", true]);
      expect(runs).toContainEqual([second, "APPLIED", true]);
    }
    expect(read("campaign.json").state).toBe("CLOSED");
    const types = contents
      .get("audit/events.jsonl")
      ?.toString("utf8")
      .match(/\\"type\\":\\"evidence\.exported/g);
    expect(types?.length).toBeGreaterThanOrEqual(1);
    const reviewer = (read("reviewers.json") as Record<string, string>[]).find(({ person_id: id }) => id === made.people.mia);
    expect(reviewer).toMatchObject({ name: HOSTILE.reviewer, title: "Engineer" }); // as at the last decision, not as today
  });
});

describe("an export is refused", () => {
  it("from a checkpoint before the sign-off, or one that never was", async () => {
    await expect(again(1)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const before = await signedAt(3);
    await expect(again(before)).rejects.toMatchObject({ code: "PRECONDITION", message: expect.stringContaining("sign-off") });
  });

  it("to whoever may not, or who did not confirm", async () => {
    await expect(exportEvidence(make.confirmed(made.mia), { campaign: "latest" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(exportEvidence(make.ctxOf(made.owner), { campaign: "latest" })).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
  });
});

/** A checkpoint of an earlier size, signed by the same key, as the sealer would have made it then. */
async function signedAt(size: number): Promise<number> {
  const { signCheckpoint, noteKeyId } = await import("#lib/audit/checkpoint.ts");
  const { instanceOrigin, instanceSigner } = await import("#lib/audit/signing-key.ts");
  const { insertCheckpoint, nodeReader } = await import("#lib/audit/log.sql.ts");
  const { rootAt } = await import("#lib/audit/merkle.ts");
  const { sealerPool } = await import("#lib/db/pool.ts");
  const { pgTx } = await import("#lib/db/tx.ts");
  const client = await sealerPool().connect();
  try {
    const tx = pgTx(client);
    const signer = await instanceSigner(tx);
    const root = await rootAt(nodeReader(tx), size);
    const note = signCheckpoint({ origin: await instanceOrigin(tx), size, root }, signer);
    await insertCheckpoint(tx, { size, root, note, keyId: noteKeyId(signer) });
    return size;
  } finally {
    client.release();
  }
}
