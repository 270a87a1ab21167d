import { z } from "zod";
import type { StreamRecord } from "#lib/inventory/streams.ts";

const instant = z.union([z.string(), z.date()]).optional();
const listed = z.object({
  SerialNumber: z.string().min(1).max(300),
  UserName: z.string().optional(),
  User: z.object({ Arn: z.string().optional() }).nullish(),
  EnableDate: instant,
});
/** ListVirtualMFADevices and ListMFADevices: either list, as the CLI or the SDK gives it. */
export const mfaDeviceList = z.object({ VirtualMFADevices: z.array(listed).optional(), MFADevices: z.array(listed).optional() });

export type MfaDevice = { readonly serial: string; readonly user: string; readonly enrolled: string };

/** Devices that somebody holds; a virtual one that nobody has taken yet is none. `userArn` names whose a list without ARNs is. */
export function devicesOf(given: z.infer<typeof mfaDeviceList>, userArn: (userName: string) => string | null): MfaDevice[] {
  return [...(given.VirtualMFADevices ?? []), ...(given.MFADevices ?? [])].flatMap(({ SerialNumber, UserName, User, EnableDate }) => {
    const user = User?.Arn ?? (UserName === undefined ? null : userArn(UserName));
    const enrolled = EnableDate === undefined ? null : new Date(EnableDate);
    return user
      ? [{ serial: SerialNumber, user, enrolled: enrolled && !Number.isNaN(enrolled.getTime()) ? enrolled.toISOString() : "unknown" }]
      : [];
  });
}

/** What a serial number says of a device: an ARN names its sort, a bare number is printed on a token. Nothing else is read into it. */
export function kindOf(serial: string): Pick<StreamRecord, "kind" | "phishing_resistant"> {
  const sort = /^arn:aws[a-z-]*:iam::\d{12}:([a-z0-9-]+)\//.exec(serial)?.[1];
  if (sort === "mfa") return { kind: "authenticator_app", phishing_resistant: "no" };
  // A passkey is registered as one of these too, so which of the two it is stays open; neither can be phished.
  if (sort === "u2f") return { kind: "security_key", phishing_resistant: "yes" };
  return { kind: "unknown", phishing_resistant: sort === undefined ? "no" : "unknown" };
}
