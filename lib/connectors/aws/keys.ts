/**
 * External ids. A user, group or role is its ARN: what trusts, reports and logs call it, with the account in it. Whoever is deleted and
 * made anew under the same name is the same subject here, with a later creation date: access that comes back is seen as coming back.
 */
export const rootKey = (partition: string, account: string): string => `arn:${partition}:iam::${account}:root`;
export const accountKey = (account: string): string => `account:${account}`;
export const groupResourceKey = (arn: string): string => `group:${arn}`;
export const roleResourceKey = (arn: string): string => `role:${arn}`;

export const memberKey = (groupArn: string): string => `member:${groupArn}`;
export const assumeKey = (roleArn: string): string => `assume:${roleArn}`;
/** AWS's own policies have one ARN everywhere; what they allow is allowed in each account on its own. */
export const policyKey = (account: string, policyArn: string): string => `policy:${account}:${policyArn}`;
export const inlineKey = (holderArn: string, name: string): string => `inline:${holderArn}:${name}`;
export const rootEntitlementKey = (account: string): string => `root:${account}`;

export const passwordKey = (userArn: string): string => `${userArn}/password`;
/** By its creation, which stays when the other key of the user goes and the report moves this one up. */
export const accessKeyKey = (userArn: string, created: string, slot: number): string =>
  `${userArn}/access-key/${/^\d/.test(created) ? created : `slot-${slot}`}`;
export const certificateKey = (userArn: string, created: string, slot: number): string =>
  `${userArn}/certificate/${/^\d/.test(created) ? created : `slot-${slot}`}`;
