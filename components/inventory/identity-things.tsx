import { Moment } from "#components/ui/moment.tsx";
import type { MomentKind } from "#components/ui/moment-text.ts";
import { RawId } from "#components/ui/raw-id.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { lifetimeOf } from "#lib/inventory/lifetime.ts";
import type { CredentialView, FactorView, SessionView, Told, TrustView } from "#lib/inventory/things.ts";
import bars from "./credential-list.module.css";
import { lifetimeText } from "./credential-words.ts";
import classes from "./inventory.module.css";
import { capital, words } from "./inventory-words.ts";

const ROTATION_WORDS: Readonly<Record<string, string>> = {
  unknown: "rotation unknown",
  none: "never rotated",
  automatic: "rotated automatically",
};

export const ToldMoment = ({ told, show }: { told: Told; show: "full" | "instant" | "relative" | "date" }) => (
  <Moment at={told.at} kind={told.kind as MomentKind} show={show} />
);

type NoneProps = { isTold: boolean; none: string; unknown: string };

/** A source that was asked and named none has none; one that cannot tell leaves it unknown. */
function None({ isTold, none, unknown }: NoneProps) {
  return isTold ? <p>{none}</p> : <ToneText tone="unknown">{unknown}</ToneText>;
}

export function FactorList({ factors, interactive, isTold }: { factors: readonly FactorView[]; interactive: string; isTold: boolean }) {
  return (
    <>
      <p>
        {interactive === "yes" ? (
          "Somebody can sign in with it."
        ) : interactive === "no" ? (
          "Nobody signs in with it by hand."
        ) : (
          <ToneText tone="unknown">Unknown whether somebody can sign in with it.</ToneText>
        )}
      </p>
      {factors.length === 0 && (
        <None isTold={isTold} none="No factor is enrolled." unknown="Factors unknown: its source does not tell them." />
      )}
      <ul className={classes.list}>
        {factors.map((factor) => (
          <li key={factor.id}>
            <span className={classes.line}>
              {capital(words(factor.kind))}
              {factor.phishingResistant === "no" && <ToneText tone="warning">can be phished</ToneText>}
              {factor.phishingResistant === "unknown" && <ToneText tone="unknown">unknown whether it can be phished</ToneText>}
            </span>
            <span className={classes.small}>
              enrolled <ToldMoment told={factor.enrolled} show="date" />, last used <ToldMoment told={factor.lastUsed} show="relative" />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

export function CredentialList({ credentials, now, isTold }: { credentials: readonly CredentialView[]; now: string; isTold: boolean }) {
  if (credentials.length === 0)
    return <None isTold={isTold} none="It has no credential." unknown="Credentials unknown: its source does not tell them." />;
  return (
    <ul className={classes.list}>
      {credentials.map((credential) => (
        <li key={credential.id}>
          <span>
            {capital(words(credential.kind))} <RawId value={credential.externalId} label="credential's id in the source" />
          </span>
          <LifetimeBar credential={credential} now={now} />
          <span className={classes.small}>
            {ROTATION_WORDS[credential.rotation] ?? `rotated ${words(credential.rotation)}`}, last used{" "}
            <ToldMoment told={credential.lastUsed} show="relative" />
            {credential.issuer && <>, issued by {credential.issuer}</>}
            {credential.storedIn && <>, stored in {credential.storedIn}</>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function LifetimeBar({ credential, now }: { credential: CredentialView; now: string }) {
  const life = lifetimeOf(credential, now);
  const text = lifetimeText(life);
  return (
    <>
      <span className={bars.bar} data-state={life.state} aria-hidden>
        {life.passed !== null && <span style={{ width: `${life.passed}%` }} />}
      </span>
      <span className={classes.small}>
        {life.state === "expired" || life.state === "soon" || life.state === "endless" ? (
          <ToneText tone="warning">{text}</ToneText>
        ) : life.state === "unknown" ? (
          <ToneText tone="unknown">{text}</ToneText>
        ) : (
          text
        )}
      </span>
    </>
  );
}

type ActivityProps = {
  lastUsed: Told | null;
  created: Told;
  origin: string;
  sessions: readonly SessionView[];
  trusts: readonly TrustView[];
  tellsSessions: boolean;
};

/** When it was used, by whom it may be assumed, and what is open now. */
export function Activity({ lastUsed, created, origin, sessions, trusts, tellsSessions }: ActivityProps) {
  return (
    <ul className={classes.list}>
      <li>
        <span>Last used</span>
        <span className={classes.small}>{lastUsed ? <ToldMoment told={lastUsed} show="full" /> : "has no history"}</span>
      </li>
      <li>
        <span>Made</span>
        <span className={classes.small}>
          <ToldMoment told={created} show="full" />, {origin === "unknown" ? "nobody knows how" : `by ${words(origin)}`}
        </span>
      </li>
      {sessions.length === 0 && (
        <li>
          <None
            isTold={tellsSessions}
            none="No session was open when its source was read."
            unknown="Sessions unknown: its source does not tell them."
          />
        </li>
      )}
      {sessions.map((session) => (
        <li key={session.id}>
          <span className={classes.line}>
            Session from {session.address ?? "an unknown address"}
            {session.privileged === "yes" && <ToneText tone="warning">privileged</ToneText>}
          </span>
          <span className={classes.small}>
            since <ToldMoment told={session.started} show="instant" />, signed in with {session.authenticatedBy ?? "unknown"}
            {session.client && <>, {session.client}</>}
          </span>
        </li>
      ))}
      {trusts.map((trust) => (
        <li key={trust.id}>
          <span>May be assumed from {trust.issuer}</span>
          <span className={classes.small}>
            by {trust.subjectPattern ?? "anything that it vouches for"}
            {trust.audience && <>, for {trust.audience}</>}
            {trust.conditions && <>, where {trust.conditions}</>}
          </span>
        </li>
      ))}
    </ul>
  );
}
