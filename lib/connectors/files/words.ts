/** What a column of a file can be, told by its name alone. */
export type Meaning =
  | "record_id"
  | "employee_number"
  | "login"
  | "dn"
  | "mail"
  | "given_name"
  | "family_name"
  | "full_name"
  | "plain_name"
  | "description"
  | "department"
  | "title"
  | "manager"
  | "sponsor"
  | "employment"
  | "disabled"
  | "enabled"
  | "status"
  | "started"
  | "ended"
  | "created"
  | "last_used"
  | "expires"
  | "groups"
  | "maybe_groups"
  | "class"
  | "owner"
  | "purpose"
  | "environment"
  | "sensitivity"
  | "parent"
  | "resource_id"
  | "resource_name"
  | "entitlement"
  | "holder"
  | "privileged"
  | "granted_by"
  | "reason";

/** Names of HR exports, LDAP, SCIM and Baton's file format, without case and punctuation. */
const WORDS: Readonly<Record<Meaning, readonly string[]>> = {
  record_id: [
    "id",
    "userid",
    "externalid",
    "guid",
    "objectguid",
    "uuid",
    "entryuuid",
    "ident",
    "identifier",
    "accountid",
    "identityid",
    "number",
  ],
  employee_number: [
    "empno",
    "employeenumber",
    "employeeid",
    "empid",
    "personid",
    "personnelnumber",
    "personnelno",
    "staffid",
    "workerid",
    "urnietfparamsscimschemasextensionenterprise20useremployeenumber",
  ],
  login: [
    "login",
    "loginname",
    "uid",
    "username",
    "uname",
    "user",
    "samaccountname",
    "account",
    "accountname",
    "userprincipalname",
    "upn",
    "preferredusername",
  ],
  dn: ["dn", "distinguishedname"],
  mail: ["mail", "email", "emailaddress", "emails", "emailsvalue", "workemail", "primaryemail"],
  given_name: ["givenname", "firstname", "forename", "namegivenname"],
  family_name: ["familyname", "lastname", "surname", "sn", "namefamilyname"],
  full_name: ["fullname", "cn", "displayname", "commonname", "nameformatted", "formattedname"],
  plain_name: ["name"],
  description: ["description", "comment"],
  department: [
    "department",
    "departmentname",
    "ou",
    "organizationalunit",
    "orgunit",
    "orgid",
    "orgnum",
    "division",
    "costcenter",
    "urnietfparamsscimschemasextensionenterprise20userdepartment",
  ],
  title: ["title", "jobtitle", "job", "jobcode", "position"],
  manager: [
    "manager",
    "managerid",
    "managernumber",
    "manageremployeenumber",
    "reportsto",
    "supervisor",
    "supervisorid",
    "urnietfparamsscimschemasextensionenterprise20usermanagervalue",
  ],
  sponsor: ["sponsor", "sponsorid"],
  employment: ["employment", "employeetype", "employmenttype", "employmentstatus", "workertype", "contracttype", "persontype"],
  disabled: ["disabled", "isdisabled", "locked", "suspended", "inactive"],
  enabled: ["enabled", "isenabled", "active", "isactive", "accountenabled"],
  status: ["status", "accountstatus", "accountstate", "userstate", "userstatus", "lifecyclestatus"],
  started: ["startdate", "startedon", "hiredate", "hired", "joined", "dateofjoining"],
  ended: ["enddate", "endedon", "terminationdate", "leavedate", "leavingdate", "lastday"],
  created: ["created", "createdat", "createdon", "whencreated", "createtimestamp", "metacreated"],
  last_used: ["lastlogin", "lastlogon", "lastlogontimestamp", "lastused", "lastseen", "lastsignin", "lastactivity", "authtimestamp"],
  expires: ["expires", "expiresat", "expiry", "accountexpires", "validuntil"],
  groups: [
    "memberof",
    "groups",
    "group",
    "groupsvalue",
    "groupsdisplay",
    "groupmembership",
    "memberships",
    "roles",
    "rolesvalue",
    "entitlements",
    "permissions",
    "privileges",
  ],
  maybe_groups: ["organization", "organizations", "organisation", "organisations", "orgs", "teams", "team", "role", "projects"],
  class: ["class", "type", "accounttype", "usertype", "identitytype"],
  owner: ["owner", "ownedby", "ownerid", "responsible", "custodian"],
  purpose: ["purpose"],
  environment: ["environment", "env", "stage"],
  sensitivity: ["sensitivity", "classification", "confidentiality"],
  parent: ["parent", "parentid", "parentorgnum", "parentresource", "parentorg"],
  resource_id: ["appid", "applicationid", "resourceid", "assetid", "systemid", "orgcode"],
  resource_name: ["resource", "resourcename", "application", "app", "system"],
  entitlement: ["entitlement", "entitlementid", "permission", "privilege", "rolename", "groupname"],
  holder: ["holder", "principal", "principalid", "member", "grantee", "assignee"],
  privileged: ["privileged", "isprivileged", "admin", "isadmin"],
  granted_by: ["grantedby", "grantor", "approvedby", "assignedby"],
  reason: ["reason", "justification"],
};

const MEANINGS = new Map(Object.entries(WORDS).flatMap(([meaning, names]) => names.map((name) => [name, meaning as Meaning] as const)));

const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

export const meaningOf = (columnName: string): Meaning | null => MEANINGS.get(plain(columnName)) ?? null;

/** Parts of a name that say that the cells are nobody's business here: secrets, and what HR exports hold beyond the job. */
const PRIVATE_WORDS =
  /passw|passphrase|passcode|(^|[^a-z])(pwd|pass|pin|otp|iban|ssn|salary|dob|hash)([^a-z]|$)|pwd$|secret|token|api[\s_-]?key|private[\s_-]?key|credential|national[\s_-]?id|social[\s_-]?security|tax[\s_-]?(id|number)|birth|mothers?[\s_-]?maiden|religion|ethnic|gender|passport|bank[\s_-]?account/i;

/** True for a column whose cells are left out unless somebody says otherwise. */
export const isPrivateColumn = (columnName: string) => PRIVATE_WORDS.test(columnName.replace(/([a-z])([A-Z])/g, "$1_$2"));

type Words = Readonly<Record<string, string>>;

const YES = ["true", "yes", "y", "1", "t"];
const NO = ["false", "no", "n", "0", "f"];
const either = (yes: string, no: string): Words => Object.fromEntries([...YES.map((word) => [word, yes]), ...NO.map((word) => [word, no])]);

/** Words that sources use for our vocabularies. */
export const VALUE_WORDS = {
  identityDisabled: either("disabled", "active"),
  identityEnabled: either("active", "disabled"),
  personDisabled: either("left", "active"),
  personEnabled: either("active", "left"),
  identityStatus: {
    ...words("active", ["active", "enabled", "live", "current", "open", "provisioned"]),
    ...words("disabled", ["disabled", "inactive", "suspended", "locked", "blocked", "staged", "expired"]),
    ...words("deleted", ["deleted", "removed", "deprovisioned", "archived", "closed"]),
  },
  personStatus: {
    ...words("active", ["active", "employed", "current", "enabled", "on leave"]),
    ...words("left", ["left", "leaver", "terminated", "inactive", "disabled", "former", "retired"]),
  },
  employment: {
    ...words("employee", ["employee", "internal", "permanent", "full-time", "part-time", "staff", "fte", "regular"]),
    ...words("contractor", ["contractor", "external", "freelancer", "temp", "temporary", "consultant", "contingent"]),
    ...words("vendor", ["vendor", "partner", "supplier"]),
  },
  identityClass: {
    ...words("human", ["human", "user", "person", "member", "guest"]),
    ...words("service", ["service", "svc", "system", "service account", "technical", "machine", "bot"]),
    ...words("pipeline", ["pipeline", "ci", "build"]),
    ...words("workload", ["workload", "managed identity"]),
    ...words("app", ["app", "application"]),
    ...words("shared", ["shared", "generic"]),
    ...words("break_glass", ["break_glass", "break glass", "emergency"]),
  },
  environment: {
    ...words("prod", ["prod", "production", "live"]),
    ...words("test", ["test", "testing", "staging", "uat", "qa"]),
    ...words("dev", ["dev", "development"]),
    ...words("shared", ["shared"]),
  },
  fact: either("yes", "no"),
} as const satisfies Record<string, Words>;

function words(to: string, from: readonly string[]): Words {
  return Object.fromEntries(from.map((word) => [word, to]));
}
