import { IconShieldCheck } from "@tabler/icons-react";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { RawId } from "#components/ui/raw-id.tsx";
import type { SigningKey } from "#lib/evidence/queries.ts";
import classes from "./evidence.module.css";

/** How somebody outside checks a pack: two commands, and the key to compare with. */
export function VerifyBox({ signingKey }: { signingKey: SigningKey }) {
  const commands = `unzip -p PACK.zip verify.mjs > verify.mjs\nnode verify.mjs PACK.zip --key ${signingKey.fingerprint}`;
  return (
    <section className={classes.verify} aria-labelledby="verify-title">
      <h2 id="verify-title" className={classes.verifyTitle}>
        <IconShieldCheck size={16} stroke={1.5} aria-hidden /> Verify this
      </h2>
      <p>
        Anyone can check a pack with Node 20 or newer, without network and without Countersign. One flipped bit anywhere is refused, and the
        file with its first wrong block is named.
      </p>
      <pre className={classes.commands}>{commands}</pre>
      <DefinitionList
        facts={[
          {
            term: "Fingerprint of this instance's key",
            value: <RawId value={signingKey.fingerprint} label="fingerprint" />,
            help: "Give it to the auditor another way than with the pack.",
          },
          { term: "Log's key, as public tools take it", value: <RawId value={signingKey.verifierKey} label="verifier key" /> },
        ]}
        stacked
      />
      <p className={classes.facts}>
        With Countersign installed: <code>countersign evidence verify PACK.zip --key {signingKey.fingerprint.slice(0, 15)}…</code>
      </p>
    </section>
  );
}
