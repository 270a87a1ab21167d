import pg from "pg";
import { DEMO_CORP_PEOPLE, demoCorpMail } from "./demo-corp-people.ts";

const id = pg.escapeIdentifier;
const text = pg.escapeLiteral;

export const DEMO_CORP_READER = "access_review_reader";
export const DEMO_CORP_WRITER = "access_review_writer";

type Group = { name: string; tag?: string; attributes?: string; purpose?: string };

const GROUPS: readonly Group[] = [
  { name: "payments_owner", purpose: "Owns the payments schema; migrations run as this role" },
  { name: "payments_reader", purpose: "Look up invoices, refunds and payouts" },
  { name: "payments_writer", purpose: "Correct invoices and refunds" },
  { name: "payments_admin", purpose: "Delete and re-run payouts" },
  { name: "analytics_owner", purpose: "Owns the analytics schema" },
  { name: "analytics_reader", purpose: "Read reports" },
  { name: "analytics_engineer", purpose: "Build reports" },
  { name: "people_reader", purpose: "Read salaries and contracts" },
  { name: "ops_owner", purpose: "Owns the ops schema" },
  { name: "ops_oncall", purpose: "Keep things running at night" },
  { name: "ops_admin", attributes: "CREATEROLE", purpose: "Make and change roles" },
  { name: "finance_auditor", purpose: "Read everything, for the yearly audit" },
  { name: "access_admin", purpose: "Hands out and takes back memberships" },
  { name: "access_selfservice", purpose: "Memberships that the self-service portal handed out" },
];

type Machine = {
  name: string;
  class: "service" | "pipeline" | "break_glass" | null;
  owner?: string;
  purpose?: string;
  attributes?: string;
};

const MACHINES: readonly Machine[] = [
  { name: "svc_invoicing", class: "service", owner: "mara_lindt", purpose: "Sends invoices" },
  { name: "svc_payouts", class: "service", owner: "jonas_okafor", purpose: "Pays merchants each night" },
  { name: "svc_reporting", class: "service", owner: "henrik_solberg", purpose: "Fills the report tables" },
  { name: "svc_fraud_scoring", class: "service", purpose: "Scores payments" },
  { name: "svc_backup", class: "service", owner: "ingrid_vass", purpose: "Copies the server", attributes: "REPLICATION" },
  { name: "ci_payments_deploy", class: "pipeline", owner: "mara_lindt", purpose: "Runs the migrations of payments" },
  {
    name: "ci_analytics_build",
    class: "pipeline",
    owner: "leila_haddad",
    purpose: "Builds report tables",
    attributes: "VALID UNTIL '2027-03-31 00:00:00+00'",
  },
  { name: "deploy_legacy", class: null, attributes: "CREATEROLE CREATEDB" },
  { name: "breakglass_dba", class: "break_glass", owner: "ingrid_vass", purpose: "Emergencies only; sealed", attributes: "SUPERUSER" },
];

const PERSON_ATTRIBUTES: Readonly<Record<string, string>> = {
  pavel_novak: "SUPERUSER",
  yusuf_demir: "VALID UNTIL '2027-01-31 00:00:00+00'",
  fiona_gallagher: "CREATEDB",
  sofia_marquez: "VALID UNTIL '2026-06-30 00:00:00+00'",
};

/** Members by group and by who is written down as having granted it. */
const MEMBERS: readonly {
  group: string;
  by: "access_admin" | "access_selfservice" | "mara_lindt" | null;
  of: readonly string[];
  admin?: true;
}[] = [
  { group: "payments_reader", by: null, of: ["payments_writer", "ops_oncall", "analytics_engineer"] },
  { group: "payments_writer", by: null, of: ["payments_admin"] },
  { group: "analytics_reader", by: null, of: ["analytics_engineer", "finance_auditor"] },
  { group: "pg_signal_backend", by: null, of: ["ops_oncall"] },
  { group: "pg_read_all_data", by: null, of: ["finance_auditor"] },
  { group: "pg_monitor", by: null, of: ["ops_admin", "astrid_nyberg"] },
  { group: "payments_owner", by: null, of: ["ci_payments_deploy", "payments_admin"] },
  { group: "analytics_owner", by: null, of: ["ci_analytics_build"] },
  { group: "payments_reader", by: "access_admin", of: ["sofia_marquez", "ilse_brandt", "wei_zhang", "grace_mwangi", "svc_fraud_scoring"] },
  { group: "payments_writer", by: "access_admin", of: ["mara_lindt"], admin: true },
  {
    group: "payments_writer",
    by: "access_admin",
    of: ["jonas_okafor", "priya_venkat", "tomas_reyes", "daniel_achebe", "nadia_kowalska", "svc_invoicing"],
  },
  { group: "payments_writer", by: "access_selfservice", of: ["jonas_okafor", "priya_venkat"] },
  { group: "payments_writer", by: "mara_lindt", of: ["kenji_watanabe"] },
  { group: "payments_admin", by: "access_admin", of: ["mara_lindt", "jonas_okafor", "elena_petrova", "svc_payouts"] },
  {
    group: "analytics_reader",
    by: "access_admin",
    of: ["astrid_nyberg", "mara_lindt", "sofia_marquez", "oscar_pettersson", "camille_dubois", "grace_mwangi", "ingrid_vass"],
  },
  {
    group: "analytics_engineer",
    by: "access_admin",
    of: ["henrik_solberg", "leila_haddad", "nadia_kowalska", "ravi_menon", "yusuf_demir", "svc_reporting"],
  },
  { group: "analytics_reader", by: "access_selfservice", of: ["oscar_pettersson", "lukas_steiner"] },
  { group: "people_reader", by: "access_admin", of: ["astrid_nyberg", "henrik_solberg"] },
  {
    group: "ops_oncall",
    by: "access_admin",
    of: ["ingrid_vass", "amara_diallo", "lukas_steiner", "fiona_gallagher", "mateo_silva", "elena_petrova"],
  },
  { group: "ops_admin", by: "access_admin", of: ["ingrid_vass", "amara_diallo"] },
  { group: "finance_auditor", by: "access_admin", of: ["wei_zhang", "camille_dubois"] },
];

const ADMINISTERED = [
  "payments_reader",
  "payments_writer",
  "payments_admin",
  "analytics_reader",
  "analytics_engineer",
  "people_reader",
  "ops_oncall",
  "ops_admin",
  "finance_auditor",
];

/** The whole company in one transaction's worth of SQL, for the database demo_corp. */
export function demoCorpSql(version: number, passwords: { reader: string; writer: string }): string {
  const lines = [...groups(), ...people(), ...machines(), ...ownAccounts(version, passwords), ...memberships(version), OBJECTS, PRIVILEGES];
  return lines.join("\n");
}

function groups(): string[] {
  return GROUPS.flatMap(({ name, attributes, purpose }) => [
    `CREATE ROLE ${id(name)} NOLOGIN ${attributes ?? ""};`,
    comment(name, purpose ? [`purpose="${purpose}"`] : []),
  ]);
}

function people(): string[] {
  return DEMO_CORP_PEOPLE.flatMap(({ login, id: number, tag }) => [
    `CREATE ROLE ${id(login)} LOGIN ${PERSON_ATTRIBUTES[login] ?? ""};`, // no password: nobody can sign in to the demo as one of them
    tag === "none" ? "" : comment(login, ["class=human", tag === "person" ? `person=${number}` : `mail=${demoCorpMail(login)}`]),
  ]);
}

function machines(): string[] {
  return MACHINES.flatMap(({ name, class: kind, owner, purpose, attributes }) => [
    `CREATE ROLE ${id(name)} LOGIN ${attributes ?? ""};`,
    kind === null ? "" : comment(name, [`class=${kind}`, ...(owner ? [`owner=${demoCorpMail(owner)}`] : []), `purpose="${purpose ?? ""}"`]),
  ]);
}

/** What docs/connectors/postgres.md tells people to run: the reader reads, the writer acts as the roles that hand out memberships. */
function ownAccounts(version: number, { reader, writer }: { reader: string; writer: string }): string[] {
  const owner = `owner=${demoCorpMail("ingrid_vass")}`;
  const actsAs = version >= 160_000 ? "WITH INHERIT TRUE, SET FALSE" : "";
  return [
    `CREATE ROLE ${DEMO_CORP_READER} LOGIN PASSWORD ${text(reader)};`,
    `GRANT pg_read_all_settings, pg_read_all_stats TO ${DEMO_CORP_READER};`,
    `GRANT CONNECT ON DATABASE demo_corp TO ${DEMO_CORP_READER};`,
    comment(DEMO_CORP_READER, ["class=service", owner, `purpose="Reads roles and privileges for access reviews"`]),
    // Before 16 whoever may hand out a membership has it as well; this keeps the writer from using it without saying so.
    `CREATE ROLE ${DEMO_CORP_WRITER} LOGIN ${version >= 160_000 ? "" : "NOINHERIT"} PASSWORD ${text(writer)};`,
    `GRANT access_admin, access_selfservice TO ${DEMO_CORP_WRITER} ${actsAs};`,
    `GRANT CONNECT ON DATABASE demo_corp TO ${DEMO_CORP_WRITER};`,
    comment(DEMO_CORP_WRITER, ["class=service", owner, `purpose="Takes back what a review revoked"`]),
  ];
}

function memberships(version: number): string[] {
  const admins = ["access_admin", "access_selfservice"].map(
    (admin) => `GRANT ${ADMINISTERED.map(id).join(", ")} TO ${admin} WITH ADMIN OPTION;`,
  );
  // The two hand memberships out; they are not meant to have them. Before 16 that cannot be said.
  const hollow =
    version >= 160_000
      ? ["access_admin", "access_selfservice"].flatMap((admin) =>
          ADMINISTERED.map((group) => `GRANT ${id(group)} TO ${admin} WITH INHERIT FALSE, SET FALSE;`),
        )
      : [];
  const members = MEMBERS.map(({ group, by, of, admin }) => {
    return `GRANT ${id(group)} TO ${of.map(id).join(", ")} ${admin ? "WITH ADMIN OPTION" : ""} ${by ? `GRANTED BY ${id(by)}` : ""};`;
  });
  return [...admins, ...hollow, ...members];
}

const comment = (role: string, tags: readonly string[]): string =>
  tags.length === 0 ? "" : `COMMENT ON ROLE ${id(role)} IS ${text(`countersign: ${tags.join(" ")}`)};`;

const OBJECTS = `
COMMENT ON DATABASE demo_corp IS 'countersign: environment=prod sensitivity=confidential owner=${demoCorpMail("ingrid_vass")}';
CREATE SCHEMA payments AUTHORIZATION payments_owner;
COMMENT ON SCHEMA payments IS 'countersign: sensitivity=restricted owner=${demoCorpMail("mara_lindt")}';
CREATE SCHEMA analytics AUTHORIZATION analytics_owner;
COMMENT ON SCHEMA analytics IS 'countersign: owner=${demoCorpMail("henrik_solberg")}';
CREATE SCHEMA people AUTHORIZATION analytics_owner;
COMMENT ON SCHEMA people IS 'countersign: sensitivity=restricted owner=${demoCorpMail("astrid_nyberg")}';
CREATE SCHEMA ops AUTHORIZATION ops_owner;

CREATE TABLE payments.accounts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, holder_name text NOT NULL, iban text NOT NULL);
CREATE TABLE payments.invoices (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id int NOT NULL, amount_cents bigint NOT NULL, issued_on date NOT NULL);
CREATE TABLE payments.refunds (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, invoice_id int NOT NULL, amount_cents bigint NOT NULL);
CREATE TABLE payments.payouts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id int NOT NULL, amount_cents bigint NOT NULL, paid_on date);
INSERT INTO payments.accounts (holder_name, iban) VALUES ('Kite & Anchor', 'XX00 0000 0001'), ('Plum Street Bakery', 'XX00 0000 0002'), ('Fernside Cycles', 'XX00 0000 0003');
INSERT INTO payments.invoices (account_id, amount_cents, issued_on) VALUES (1, 125000, '2026-09-01'), (2, 8450, '2026-09-03'), (3, 39900, '2026-10-11');
INSERT INTO payments.refunds (invoice_id, amount_cents) VALUES (2, 450);
INSERT INTO payments.payouts (account_id, amount_cents, paid_on) VALUES (1, 124000, '2026-09-05');
CREATE TABLE analytics.daily_revenue (day date PRIMARY KEY, cents bigint NOT NULL);
CREATE TABLE analytics.churn (month date PRIMARY KEY, lost int NOT NULL);
CREATE VIEW analytics.this_year AS SELECT * FROM analytics.daily_revenue WHERE day >= '2026-01-01';
INSERT INTO analytics.daily_revenue VALUES ('2026-09-01', 125000), ('2026-09-03', 8450);
INSERT INTO analytics.churn VALUES ('2026-09-01', 2);
CREATE TABLE people.salaries (employee text PRIMARY KEY, cents bigint NOT NULL);
CREATE TABLE people.contracts (employee text PRIMARY KEY, ends_on date);
INSERT INTO people.salaries VALUES ('E1001', 1);
INSERT INTO people.contracts VALUES ('E1015', '2027-01-31');
CREATE TABLE ops.deployments (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, service text NOT NULL, at timestamptz NOT NULL);
CREATE TABLE ops.feature_flags (name text PRIMARY KEY, is_on boolean NOT NULL);
INSERT INTO ops.deployments (service, at) VALUES ('payments', '2026-10-01 09:00+00');
INSERT INTO ops.feature_flags VALUES ('instant_refunds', false);
CREATE FUNCTION ops.restart_payouts() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'UPDATE payments.payouts SET paid_on = NULL WHERE paid_on > now()';
REVOKE EXECUTE ON FUNCTION ops.restart_payouts() FROM PUBLIC;

ALTER TABLE payments.accounts OWNER TO payments_owner;
ALTER TABLE payments.invoices OWNER TO payments_owner;
ALTER TABLE payments.refunds OWNER TO payments_owner;
ALTER TABLE payments.payouts OWNER TO payments_owner;
ALTER TABLE analytics.daily_revenue OWNER TO analytics_owner;
ALTER TABLE analytics.churn OWNER TO analytics_owner;
ALTER VIEW analytics.this_year OWNER TO analytics_owner;
ALTER TABLE people.salaries OWNER TO analytics_owner;
ALTER TABLE people.contracts OWNER TO analytics_owner;
ALTER TABLE ops.deployments OWNER TO ops_owner;
ALTER TABLE ops.feature_flags OWNER TO ops_owner;`;

const PRIVILEGES = `
GRANT USAGE ON SCHEMA payments TO payments_reader, svc_invoicing, svc_payouts, svc_fraud_scoring, analytics_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA payments TO payments_reader;
GRANT INSERT, UPDATE ON payments.invoices, payments.refunds TO payments_writer;
GRANT DELETE, TRUNCATE ON ALL TABLES IN SCHEMA payments TO payments_admin;
GRANT SELECT (id, holder_name) ON payments.accounts TO analytics_reader;
GRANT SELECT ON payments.refunds TO leila_haddad;
GRANT SELECT, INSERT ON payments.invoices TO svc_invoicing;
GRANT SELECT, INSERT, UPDATE ON payments.payouts TO svc_payouts;
ALTER DEFAULT PRIVILEGES FOR ROLE payments_owner IN SCHEMA payments GRANT SELECT ON TABLES TO payments_reader;
GRANT USAGE ON SCHEMA analytics TO analytics_reader;
GRANT CREATE ON SCHEMA analytics TO analytics_engineer;
GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO analytics_reader;
GRANT INSERT, UPDATE, DELETE ON analytics.daily_revenue, analytics.churn TO analytics_engineer, svc_reporting;
GRANT USAGE ON SCHEMA people TO people_reader, nadia_kowalska;
GRANT SELECT ON ALL TABLES IN SCHEMA people TO people_reader;
GRANT SELECT ON people.salaries TO nadia_kowalska;
GRANT USAGE ON SCHEMA ops TO ops_oncall, ci_payments_deploy, ci_analytics_build;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA ops TO ops_oncall;
GRANT INSERT ON ops.deployments TO ci_payments_deploy, ci_analytics_build, deploy_legacy;
GRANT EXECUTE ON FUNCTION ops.restart_payouts() TO ops_oncall;
GRANT CREATE ON DATABASE demo_corp TO ci_payments_deploy;`;
