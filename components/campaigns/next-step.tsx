import { IconCircleCheck, IconCircleDashed, IconHandStop } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { TextLink } from "#components/ui/text-link.tsx";
import type { CampaignPage, ChecklistRow } from "#lib/campaigns/campaign-types.ts";
import type { Block } from "#lib/campaigns/types.ts";
import { type CampaignStep, OtherSteps } from "./campaign-actions.tsx";
import classes from "./campaign-page.module.css";
import { CampaignRequests } from "./campaign-requests.tsx";
import { BLOCK_WORDS, STATE_SENTENCES } from "./campaign-words.ts";
import { Collecting } from "./collecting.tsx";
import { NameFallback } from "./name-fallback.tsx";
import { silenceDid, silenceWill } from "./silence-words.ts";

type NextStepProps = { campaign: CampaignPage; step: CampaignStep; userId: string | null; children?: ReactNode };

/** Where the campaign stands, what stops the next step, and the mend on each line. */
export function NextStep({ campaign, step, userId, children }: NextStepProps) {
  const { id, state, checklist, blocks, requests } = campaign;
  return (
    <div className={classes.next}>
      {state === "COLLECTING" ? (
        <Collecting campaignId={id} />
      ) : (
        <p>
          {STATE_SENTENCES[state]} {state === "CLOSING" && !step.isOwner && `Only ${campaign.ownerName ?? "its owner"} can sign it off.`}
        </p>
      )}
      <BySilence step={step} />
      <CampaignRequests
        requests={requests}
        campaignId={id}
        zone={campaign.zone}
        userId={userId}
        canManage={step.canManage}
        canOverride={step.canOverride}
      />
      {state === "BLOCKED" && <Blocks blocks={blocks} />}
      {checklist.length > 0 && (
        <ul className={classes.checks} aria-label="What the next step needs">
          {checklist.map((row) => (
            <Check key={row.code} row={row} mend={row.isMet ? null : mendOf(row.code, step)} />
          ))}
        </ul>
      )}
      {children}
      <OtherSteps step={step} />
    </div>
  );
}

/** What closing would leave to silence, and once it is closed what silence did. */
function BySilence({ step: { state, silence, roundsLeft } }: { step: CampaignStep }) {
  if (!silence) return null;
  if (state === "ACTIVE" && roundsLeft === 0 && silenceWill(silence))
    return <p className={classes.dim}>Closing now will {silenceWill(silence)}, all marked “by silence”.</p>;
  if (state === "CLOSING" && silenceDid(silence)) return <p className={classes.dim}>Silence {silenceDid(silence)}.</p>;
  return null;
}

function Check({ row, mend }: { row: ChecklistRow; mend: ReactNode }) {
  return (
    <li className={classes.check}>
      <span className={`${classes.checkWords} ${row.isMet ? classes.met : classes.unmet}`}>
        {row.isMet ? (
          <IconCircleCheck size={16} stroke={1.5} aria-label="Met" role="img" />
        ) : (
          <IconCircleDashed size={16} stroke={1.5} aria-label="Not met" role="img" />
        )}
        <span>{row.text}</span>
      </span>
      {mend}
    </li>
  );
}

/** How a line of the checklist is mended; what is mended elsewhere leads there. */
function mendOf(code: string, { campaignId, canManage, state }: CampaignStep): ReactNode {
  const items = `/campaigns/${campaignId}/items`;
  switch (code) {
    case "every_item_has_a_reviewer":
      return (
        <span className={classes.buttons}>
          <TextLink href={`${items}?reviewer=none`}>See them</TextLink>
          {canManage && state === "STAGED" && <NameFallback campaignId={campaignId} />}
        </span>
      );
    case "every_reviewer_can_sign_in":
      return <TextLink href="/administration/users">Link users to people</TextLink>;
    case "every_reviewer_is_eligible":
    case "has_items":
      return <TextLink href={items}>See the items</TextLink>;
    case "last_round":
    case "due_or_complete":
    case "nothing_open":
    case "every_item_has_an_outcome":
      return <TextLink href={`${items}?state=open`}>See what is open</TextLink>;
    case "second_look_drawn":
    case "second_looks_answered":
      return <a href="#second-looks">See how they decided</a>;
    default:
      return null;
  }
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return (
    <ul className={classes.checks} aria-label="What blocks the freeze">
      {blocks.map((block) => (
        <li key={`${block.sourceId} ${block.reason}`} className={classes.check}>
          <span className={`${classes.checkWords} ${classes.unmet}`}>
            <IconHandStop size={16} stroke={1.5} aria-hidden />
            <span>
              {block.sourceName}: {BLOCK_WORDS[block.reason]}. <span className={classes.dim}>{block.detail}</span>
            </span>
          </span>
          <TextLink href={`/sources/${block.sourceId}`}>Mend it at the source</TextLink>
        </li>
      ))}
    </ul>
  );
}
