import Link from "next/link";
import { eventWords } from "#components/audit/event-words.ts";
import { Badge } from "#components/ui/badge.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { RawId } from "#components/ui/raw-id.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { loadAuditEvent } from "#lib/audit/loaders.ts";
import styles from "./event.module.css";

export const metadata = { title: "Audit event" };

export default async function AuditEventPage({ params }: { params: Promise<{ eventId: string }> }) {
  const event = await loadAuditEvent((await params).eventId);
  return (
    <>
      <PageHeader
        title={eventWords(event.type)}
        summary={`Audit event ${event.id}`}
        parent={<Link href="/audit">Audit</Link>}
        badge={event.isUnreadable ? <Badge tone="warning">shown raw: this version does not know its form</Badge> : undefined}
      />
      <Section title="What was recorded">
        <DefinitionList
          facts={[
            { term: event.toldAt ? "When it was recorded" : "When", value: <Moment at={event.recordedAt} /> },
            ...(event.toldAt ? [{ term: "When it says it happened", value: <Moment at={event.toldAt} /> }] : []),
            { term: "By whom", value: event.actor },
            { term: "To what", value: event.subject },
            { term: "Why", value: event.reason ?? "no reason was asked for" },
          ]}
        />
        <pre className={styles.text}>{JSON.stringify(event.body, null, 2)}</pre>
      </Section>
      <Section title="Proof that it stands in the log">
        {event.proof ? (
          <Proof {...event.proof} />
        ) : (
          <ToneText tone="unknown">Not under a signed checkpoint yet. One is signed each minute.</ToneText>
        )}
      </Section>
      <Section title="Canonical text">
        <p>These bytes are hashed. Values that could name a person stand here as commitments; their salts are kept apart.</p>
        <pre className={styles.text}>{event.text}</pre>
      </Section>
    </>
  );
}

function Proof({ leafIndex, treeSize, rootHash, path, isValid, note }: NonNullable<Awaited<ReturnType<typeof loadAuditEvent>>["proof"]>) {
  return (
    <>
      <DefinitionList
        facts={[
          {
            term: "Result",
            value: isValid ? (
              <ToneText tone="verified">The proof holds</ToneText>
            ) : (
              <ToneText tone="danger">The proof does not hold: tell security now</ToneText>
            ),
          },
          { term: "Leaf", value: `${leafIndex} of ${treeSize}` },
          { term: "Root", value: <RawId value={rootHash} label="root hash" short /> },
          { term: "Path", value: path.length === 0 ? "none needed: it is the only leaf" : `${path.length} hashes` },
        ]}
      />
      <pre className={styles.text}>{path.join("\n")}</pre>
      <p>The signed checkpoint, which tools for transparency logs can read:</p>
      <pre className={styles.text}>{note}</pre>
    </>
  );
}
