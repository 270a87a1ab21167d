import { auditTail } from "./audit.ts";
import { campaignApplyFile, campaignPlanFile } from "./campaign-files.ts";
import { campaignLaunch, campaignList, campaignStage } from "./campaigns.ts";
import { dutiesApply, dutiesList } from "./duties.ts";
import { eventsImport } from "./events.ts";
import { evidenceExport } from "./evidence.ts";
import { importFile, sourceAdd, sourceKinds, sourceList, sourceTest, sync } from "./sources.ts";
import { userAdd, userList, userRole } from "./users.ts";
import type { Verb } from "./verb.ts";

/** Every sentence of the command line besides `login` and `evidence verify`, which need no instance of their own. */
export const VERBS: readonly Verb[] = [
  sourceKinds,
  sourceList,
  sourceAdd,
  sourceTest,
  sync,
  importFile,
  eventsImport,
  campaignList,
  campaignStage,
  campaignLaunch,
  campaignPlanFile,
  campaignApplyFile,
  dutiesList,
  dutiesApply,
  evidenceExport,
  userList,
  userAdd,
  userRole,
  auditTail,
];
