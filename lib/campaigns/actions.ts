"use server";
import { refresh } from "next/cache";
import { defineAction } from "#lib/actions/define-action.ts";
import { advanceRound } from "./commands/advance.ts";
import { archiveCampaign } from "./commands/archive.ts";
import { attestCarried } from "./commands/attest-carried.ts";
import { confirmCancel, requestCancel } from "./commands/cancel.ts";
import { closeDecisions } from "./commands/close.ts";
import { changeCampaign, createCampaign } from "./commands/create.ts";
import { explainCycle } from "./commands/cycles.ts";
import { revokeDelegation, setDelegation } from "./commands/delegate.ts";
import { drawSecondLook } from "./commands/draw-second-look.ts";
import { confirmExtension, requestExtension } from "./commands/extend.ts";
import { confirmCorrection, requestCorrection, startChildCampaign } from "./commands/follow-up.ts";
import { discardPopulation, launchCampaign, setFallback } from "./commands/launch.ts";
import { lookAgain } from "./commands/look-again.ts";
import { setMicroRule } from "./commands/micro.ts";
import { confirmBlockOverride, requestBlockOverride } from "./commands/override.ts";
import { confirmIndependenceOverride, requestIndependenceOverride } from "./commands/override-independence.ts";
import { pauseCampaign, resumeCampaign } from "./commands/pause.ts";
import { reassignItems } from "./commands/reassign.ts";
import { reopenItem } from "./commands/reopen.ts";
import { requestItemException } from "./commands/request-exception.ts";
import { retireScope, saveScope } from "./commands/saved-scopes.ts";
import { addToxicPair, endToxicPair } from "./commands/set-toxic-pairs.ts";
import { signOff } from "./commands/sign-off.ts";
import { reviewSinceFreeze } from "./commands/since-freeze.ts";
import { collectCampaign } from "./commands/stage.ts";
import { submitDecisions } from "./commands/submit.ts";
import { remindReviewers } from "./commands/tell.ts";
import { retireTemplate, saveTemplate } from "./commands/templates.ts";
import { addToxicPairInput, endToxicPairInput } from "./duties.ts";
import {
  attestCarriedInput,
  campaignInput,
  campaignReasonInput,
  changeCampaignInput,
  childCampaignInput,
  confirmRequestInput,
  correctItemInput,
  createCampaignInput,
  drawSecondLookInput,
  extendCampaignInput,
  lookAgainInput,
  overrideIndependenceInput,
  reassignItemsInput,
  remindInput,
  reopenItemInput,
  requestItemExceptionInput,
  revokeDelegationInput,
  setDelegationInput,
  setFallbackInput,
  setMicroRuleInput,
  signOffInput,
  sinceFreezeInput,
  submitDecisionsInput,
} from "./schema.ts";
import { explainCycleInput, retireScopeInput, saveScopeInput, saveTemplateInput, templateInput } from "./template.ts";

export const createCampaignAction = defineAction(
  { name: "campaign.create", permission: "campaign.manage", input: createCampaignInput, transaction: "pg" },
  (ctx, input) => createCampaign(ctx, input),
);

export const changeCampaignAction = defineAction(
  { name: "campaign.change", permission: "campaign.manage", input: changeCampaignInput, transaction: "pg" },
  async (ctx, input) => {
    await changeCampaign(ctx, input);
    refresh();
  },
);

export const collectCampaignAction = defineAction(
  { name: "campaign.collect", permission: "campaign.manage", input: campaignInput, transaction: "pg" },
  async (ctx, input) => {
    await collectCampaign(ctx, input);
    refresh();
  },
);

export const requestBlockOverrideAction = defineAction(
  { name: "campaign.request_override", permission: "campaign.override", input: campaignReasonInput, transaction: "pg" },
  async (ctx, input) => {
    const request = await requestBlockOverride(ctx, input);
    refresh();
    return request;
  },
);

export const confirmBlockOverrideAction = defineAction(
  { name: "campaign.confirm_override", permission: "campaign.override", input: confirmRequestInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    const staged = await confirmBlockOverride(ctx, input);
    refresh();
    return staged;
  },
);

export const launchCampaignAction = defineAction(
  { name: "campaign.launch", permission: "campaign.manage", input: campaignInput, transaction: "pg" },
  async (ctx, input) => {
    const launched = await launchCampaign(ctx, input);
    refresh();
    return launched;
  },
);

export const discardPopulationAction = defineAction(
  { name: "campaign.discard_population", permission: "campaign.manage", input: campaignReasonInput, transaction: "pg" },
  async (ctx, input) => {
    await discardPopulation(ctx, input);
    refresh();
  },
);

export const reviewSinceFreezeAction = defineAction(
  { name: "campaign.review_since_freeze", permission: "campaign.manage", input: sinceFreezeInput, transaction: "pg" },
  async (ctx, input) => {
    const micro = await reviewSinceFreeze(ctx, input);
    refresh();
    return micro;
  },
);

export const setFallbackAction = defineAction(
  { name: "campaign.set_fallback", permission: "campaign.manage", input: setFallbackInput, transaction: "pg" },
  async (ctx, input) => {
    const named = await setFallback(ctx, input);
    refresh();
    return named;
  },
);

export const pauseCampaignAction = defineAction(
  { name: "campaign.pause", permission: "campaign.manage", input: campaignReasonInput, transaction: "pg" },
  async (ctx, input) => {
    await pauseCampaign(ctx, input);
    refresh();
  },
);

export const resumeCampaignAction = defineAction(
  { name: "campaign.resume", permission: "campaign.manage", input: campaignReasonInput, transaction: "pg" },
  async (ctx, input) => {
    const resumed = await resumeCampaign(ctx, input);
    refresh();
    return resumed;
  },
);

export const requestCancelAction = defineAction(
  { name: "campaign.request_cancel", permission: "campaign.manage", input: campaignReasonInput, transaction: "pg" },
  async (ctx, input) => {
    const request = await requestCancel(ctx, input);
    refresh();
    return request;
  },
);

export const confirmCancelAction = defineAction(
  { name: "campaign.confirm_cancel", permission: "campaign.manage", input: confirmRequestInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    await confirmCancel(ctx, input);
    refresh();
  },
);

/** Handing in may need to read a large set once: it runs in one transaction of its own kind, and a broken one leaves every draft a draft. */
export const submitDecisionsAction = defineAction(
  { name: "item.submit", permission: "item.decide", input: submitDecisionsInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    const submitted = await submitDecisions(ctx, input);
    refresh();
    return submitted;
  },
);

export const attestCarriedAction = defineAction(
  { name: "item.attest_carried", permission: "item.decide", input: attestCarriedInput, transaction: "pg" },
  async (ctx, input) => {
    const attested = await attestCarried(ctx, input);
    refresh();
    return attested;
  },
);

export const reassignItemsAction = defineAction(
  { name: "item.reassign", permission: "item.reassign", input: reassignItemsInput, transaction: "pg" },
  async (ctx, input) => {
    const reassigned = await reassignItems(ctx, input);
    refresh();
    return reassigned;
  },
);

export const drawSecondLookAction = defineAction(
  { name: "campaign.draw_second_look", permission: "campaign.manage", input: drawSecondLookInput, transaction: "pg" },
  async (ctx, input) => {
    const drawn = await drawSecondLook(ctx, input);
    refresh();
    return drawn;
  },
);

export const lookAgainAction = defineAction(
  { name: "item.look_again", permission: "item.decide", input: lookAgainInput, transaction: "pg" },
  async (ctx, input) => {
    const looked = await lookAgain(ctx, input);
    refresh();
    return looked;
  },
);

export const reopenItemAction = defineAction(
  { name: "item.reopen", permission: "campaign.manage", input: reopenItemInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    await reopenItem(ctx, input);
    refresh();
  },
);

export const requestItemExceptionAction = defineAction(
  { name: "item.request_exception", permission: "exception.request", input: requestItemExceptionInput, transaction: "pg" },
  async (ctx, input) => {
    const requested = await requestItemException(ctx, input);
    refresh();
    return requested;
  },
);

export const closeDecisionsAction = defineAction(
  { name: "campaign.close_decisions", permission: "campaign.manage", input: campaignInput, transaction: "pg" },
  async (ctx, input) => {
    const closed = await closeDecisions(ctx, input);
    refresh();
    return closed;
  },
);

export const signOffAction = defineAction(
  { name: "campaign.sign_off", permission: "campaign.sign_off", input: signOffInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    const signed = await signOff(ctx, input);
    refresh();
    return signed;
  },
);

export const remindReviewersAction = defineAction(
  { name: "campaign.remind", permission: "campaign.manage", input: remindInput, transaction: "pg" },
  async (ctx, input) => {
    const told = await remindReviewers(ctx, input);
    refresh();
    return told;
  },
);

export const advanceRoundAction = defineAction(
  { name: "campaign.advance", permission: "campaign.advance", input: campaignInput, transaction: "pg" },
  async (ctx, input) => {
    const done = await advanceRound(ctx, input);
    refresh();
    return done;
  },
);

export const requestExtensionAction = defineAction(
  { name: "campaign.request_extension", permission: "campaign.manage", input: extendCampaignInput, transaction: "pg" },
  async (ctx, input) => {
    const done = await requestExtension(ctx, input);
    refresh();
    return done;
  },
);

export const confirmExtensionAction = defineAction(
  { name: "campaign.confirm_extension", permission: "campaign.override", input: confirmRequestInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    const done = await confirmExtension(ctx, input);
    refresh();
    return done;
  },
);

export const archiveCampaignAction = defineAction(
  { name: "campaign.archive", permission: "campaign.manage", input: campaignReasonInput, transaction: "pg" },
  async (ctx, input) => {
    const done = await archiveCampaign(ctx, input);
    refresh();
    return done;
  },
);

export const startChildCampaignAction = defineAction(
  { name: "campaign.start_child", permission: "campaign.manage", input: childCampaignInput, transaction: "pg" },
  async (ctx, input) => {
    const done = await startChildCampaign(ctx, input);
    refresh();
    return done;
  },
);

export const requestCorrectionAction = defineAction(
  { name: "item.request_correction", permission: "campaign.manage", input: correctItemInput, transaction: "pg" },
  async (ctx, input) => {
    const done = await requestCorrection(ctx, input);
    refresh();
    return done;
  },
);

export const confirmCorrectionAction = defineAction(
  { name: "item.confirm_correction", permission: "campaign.override", input: confirmRequestInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    const done = await confirmCorrection(ctx, input);
    refresh();
    return done;
  },
);

export const requestIndependenceOverrideAction = defineAction(
  { name: "item.request_independence_override", permission: "campaign.override", input: overrideIndependenceInput, transaction: "pg" },
  async (ctx, input) => {
    const done = await requestIndependenceOverride(ctx, input);
    refresh();
    return done;
  },
);

export const confirmIndependenceOverrideAction = defineAction(
  {
    name: "item.confirm_independence_override",
    permission: "campaign.override",
    input: confirmRequestInput,
    critical: true,
    transaction: "pg",
  },
  async (ctx, input) => {
    const done = await confirmIndependenceOverride(ctx, input);
    refresh();
    return done;
  },
);

export const setDelegationAction = defineAction(
  { name: "delegation.set", permission: "item.decide", input: setDelegationInput, transaction: "pg" },
  async (ctx, input) => {
    const done = await setDelegation(ctx, input);
    refresh();
    return done;
  },
);

export const revokeDelegationAction = defineAction(
  { name: "delegation.revoke", permission: "item.decide", input: revokeDelegationInput, transaction: "pg" },
  async (ctx, input) => {
    const done = await revokeDelegation(ctx, input);
    refresh();
    return done;
  },
);

export const setMicroRuleAction = defineAction(
  { name: "campaign.set_micro_rule", permission: "campaign.manage", input: setMicroRuleInput, transaction: "pg" },
  async (ctx, input) => {
    await setMicroRule(ctx, input);
    refresh();
  },
);

export const saveTemplateAction = defineAction(
  { name: "campaign_template.save", permission: "campaign.manage", input: saveTemplateInput, transaction: "pg" },
  async (ctx, input) => {
    const saved = await saveTemplate(ctx, input);
    refresh();
    return saved;
  },
);

export const retireTemplateAction = defineAction(
  { name: "campaign_template.retire", permission: "campaign.manage", input: templateInput, transaction: "pg" },
  async (ctx, input) => {
    await retireTemplate(ctx, input);
    refresh();
  },
);

export const explainCycleAction = defineAction(
  { name: "campaign_template.explain_cycle", permission: "campaign.manage", input: explainCycleInput, transaction: "pg" },
  async (ctx, input) => {
    await explainCycle(ctx, input);
    refresh();
  },
);

export const saveScopeAction = defineAction(
  { name: "campaign.save_scope", permission: "campaign.manage", input: saveScopeInput, transaction: "pg" },
  async (ctx, input) => {
    const saved = await saveScope(ctx, input);
    refresh();
    return saved;
  },
);

export const retireScopeAction = defineAction(
  { name: "campaign.retire_scope", permission: "campaign.manage", input: retireScopeInput, transaction: "pg" },
  async (ctx, input) => {
    await retireScope(ctx, input);
    refresh();
  },
);

export const addToxicPairAction = defineAction(
  { name: "duties.add_pair", permission: "settings.manage", input: addToxicPairInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    await addToxicPair(ctx, input);
    refresh();
  },
);

export const endToxicPairAction = defineAction(
  { name: "duties.end_pair", permission: "settings.manage", input: endToxicPairInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    await endToxicPair(ctx, input);
    refresh();
  },
);
