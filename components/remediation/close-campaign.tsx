import { counted, countText } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import type { CampaignState } from "#lib/campaigns/types.ts";
import { loadRemediationTotals } from "#lib/remediation/loaders.ts";
import { CloseCampaignButton } from "./close-campaign-button.tsx";
import classes from "./remediation.module.css";

type CloseCampaignProps = { campaignId: string; state: CampaignState; canManage: boolean; isOwner: boolean };

const AFTER_SIGN_OFF: readonly CampaignState[] = ["SIGNED_OFF", "REMEDIATING", "VERIFYING", "CLOSED"];

/** A signed-off campaign's removals in a line, and how it is closed. Before the sign-off: those that could not wait. */
export async function CloseCampaign({ campaignId, state, canManage, isOwner }: CloseCampaignProps) {
  const found = await loadRemediationTotals(campaignId);
  if (!found) return null;
  const { totals, open } = found;
  const list = `/remediations?campaignId=${campaignId}`;
  const isAfter = AFTER_SIGN_OFF.includes(state);
  if (!isAfter && totals.open + totals.verified === 0) return null;
  const grave = open.filter(({ riskClass }) => riskClass === "high" || riskClass === "critical");
  const isClosable = state === "SIGNED_OFF" || state === "REMEDIATING" || state === "VERIFYING";
  return (
    <>
      <p className={classes.dim}>
        <TextLink href={list}>{counted(totals.open, "removal")} open</TextLink>
        {totals.overdue > 0 && `, ${countText(totals.overdue)} overdue`}
        {totals.waitingForApproval > 0 && `, ${countText(totals.waitingForApproval)} waiting for approval`}
        {totals.unverified > 0 && `, ${countText(totals.unverified)} done and not verified yet`},{" "}
        <TextLink href={`${list}&state=VERIFIED&show=all`}>{countText(totals.verified)} verified</TextLink>
        {totals.regrown > 0 && `, ${countText(totals.regrown)} grew back`}
      </p>
      {canManage && isOwner && isClosable && (
        <div className={classes.buttons}>
          <CloseCampaignButton
            campaignId={campaignId}
            openCount={totals.open}
            grave={grave.map(({ id, label, riskClass, state: at }) => ({ id, label, riskClass, state: at }))}
          />
        </div>
      )}
    </>
  );
}
