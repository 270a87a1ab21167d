import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DETAILS, DEVICES, REPORT } from "./sample-account.ts";

/**
 * For tests only: answers AWS's query protocol from values, as far as the connector asks. It replays what AWS documents and what others
 * exported; it is not AWS.
 */
export type Parameters = Readonly<Record<string, string>>;
export type Failure = { readonly status: number; readonly code: string; readonly message?: string };
type Answer = { readonly result: object } | Failure | { readonly raw: (response: ServerResponse) => void };
export type Answers = Readonly<Record<string, (parameters: Parameters) => Answer>>;

export type Replay = { endpoint: string; calls: Parameters[]; authorizations: string[]; close(): Promise<void> };

export async function startReplay(answers: Answers): Promise<Replay> {
  const calls: Parameters[] = [];
  const authorizations: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const parameters = Object.fromEntries(new URLSearchParams(body));
    calls.push(parameters);
    authorizations.push(String(request.headers.authorization ?? ""));
    const action = parameters.Action ?? "";
    const answer: Answer = answers[action]?.(parameters) ?? {
      status: 400,
      code: "InvalidAction",
      message: `Could not find operation ${action}`,
    };
    if ("raw" in answer) return answer.raw(response);
    const isFailure = "code" in answer;
    response.writeHead(isFailure ? answer.status : 200, { "content-type": "text/xml" });
    response.end(isFailure ? failureXml(answer) : resultXml(action, answer.result));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    authorizations,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const SPACE = "https://iam.amazonaws.com/doc/2010-05-08/";
const ID = "<ResponseMetadata><RequestId>7a62c49f-347e-4fc4-9331-6e8eEXAMPLE</RequestId></ResponseMetadata>";
const resultXml = (action: string, result: object): string =>
  `<${action}Response xmlns="${SPACE}"><${action}Result>${fields(result)}</${action}Result>${ID}</${action}Response>`;
const failureXml = ({ code, message = code }: Failure): string =>
  `<ErrorResponse xmlns="${SPACE}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error><RequestId>7a62c49f</RequestId></ErrorResponse>`;

const fields = (value: object): string =>
  Object.entries(value)
    .map(([name, each]) => element(name, each))
    .join("");

const DOCUMENTS = new Set(["PolicyDocument", "AssumeRolePolicyDocument", "Document"]);

function element(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (DOCUMENTS.has(name)) return `<${name}>${typeof value === "string" ? value : encodeURIComponent(JSON.stringify(value))}</${name}>`;
  if (name === "SummaryMap")
    return `<SummaryMap>${Object.entries(value)
      .map(([key, each]) => `<entry><key>${key}</key><value>${each}</value></entry>`)
      .join("")}</SummaryMap>`;
  if (Array.isArray(value)) return `<${name}>${value.map((each) => element("member", each)).join("")}</${name}>`;
  if (typeof value === "object") return `<${name}>${fields(value)}</${name}>`;
  return `<${name}>${escaped(instant(name, String(value)))}</${name}>`;
}

/** Exports write a space where the API writes a T. */
const instant = (name: string, text: string): string => (/Date$/.test(name) ? new Date(text.replace(" ", "T")).toISOString() : text);
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

type Details = { UserDetailList: object[]; GroupDetailList: object[]; RoleDetailList: object[]; Policies: object[] };
const LISTS = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"] as const;

/** An export as AWS would page it: so many entries a page, whatever list they are of, each page with the marker of the next. */
export function paged(details: Details, size: number): (parameters: Parameters) => Answer {
  const all = LISTS.flatMap((list) => details[list].map((entry) => ({ list, entry })));
  return ({ Marker }) => {
    const from = Marker === undefined ? 0 : Number(Marker.replace("marker-", ""));
    const slice = all.slice(from, from + size);
    const lists = Object.fromEntries(LISTS.map((list) => [list, slice.filter((each) => each.list === list).map(({ entry }) => entry)]));
    const isTruncated = from + size < all.length;
    return { result: { IsTruncated: isTruncated, ...(isTruncated ? { Marker: `marker-${from + size}` } : {}), ...lists } };
  };
}

/** Our own small account, answered whole. */
export const SAMPLE_ANSWERS: Answers = {
  GetAccountAuthorizationDetails: paged(DETAILS, 3),
  GenerateCredentialReport: () => ({ result: { State: "COMPLETE" } }),
  GetCredentialReport: () => ({
    result: { Content: Buffer.from(REPORT).toString("base64"), ReportFormat: "text/csv", GeneratedTime: "2026-11-20T08:00:00Z" },
  }),
  GetAccountSummary: () => ({ result: { SummaryMap: { Users: 3, Groups: 1, Roles: 3 } } }),
  ListVirtualMFADevices: () => ({ result: { IsTruncated: false, ...DEVICES } }),
  ListMFADevices: () => ({ result: { IsTruncated: false, MFADevices: [] } }),
  ListAccessKeys: ({ UserName }) => ({
    result: {
      IsTruncated: false,
      AccessKeyMetadata: [
        { UserName, AccessKeyId: "AKIA111111111EXAMPLE", Status: "Active", CreateDate: "2025-06-01T00:00:00Z" },
        { UserName, AccessKeyId: "AKIA222222222EXAMPLE", Status: "Active", CreateDate: "2025-07-01T00:00:00Z" },
      ],
    },
  }),
};

export const denied = (): Failure => ({
  status: 403,
  code: "AccessDenied",
  message: "User: arn:aws:iam::123456789012:user/reader is not authorized to perform this.",
});
export const throttled = (): Failure => ({ status: 400, code: "Throttling", message: "Rate exceeded" });
