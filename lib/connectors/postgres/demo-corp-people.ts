type Person = {
  id: string;
  name: string;
  login: string;
  title: string;
  department: string;
  manager: string | null;
  employment: "employee" | "contractor";
  status: "active" | "left";
  startedOn: string;
  endedOn: string | null;
  sponsor: string | null;
  /** How the role's comment says whose it is: by the person's id, by mail, or not at all. */
  tag: "person" | "mail" | "none";
};

type Line = readonly [name: string, title: string, startedOn: string, more?: Partial<Person>];

const HEAD: Line = ["Astrid Nyberg", "Head of engineering", "2019-02-04"];

const TEAMS: readonly { department: string; manager: Line; members: readonly Line[] }[] = [
  {
    department: "Payments",
    manager: ["Mara Lindt", "Engineering manager", "2019-08-19"],
    members: [
      ["Jonas Okafor", "Senior engineer", "2020-01-13"],
      ["Priya Venkat", "Engineer", "2022-05-02"],
      ["Tomas Reyes", "Engineer", "2023-03-06"],
      ["Ilse Brandt", "Quality engineer", "2021-09-20", { tag: "mail" }],
      ["Daniel Achebe", "Engineer", "2024-02-12"],
      ["Sofia Marquez", "Product analyst", "2022-11-07", { tag: "mail" }],
      ["Kenji Watanabe", "Engineer", "2025-06-02"],
    ],
  },
  {
    department: "Data",
    manager: ["Henrik Solberg", "Analytics lead", "2020-04-20"],
    members: [
      ["Leila Haddad", "Data engineer", "2021-02-15"],
      ["Oscar Pettersson", "Analyst", "2023-08-14"],
      ["Nadia Kowalska", "Data engineer", "2020-10-05"],
      ["Ravi Menon", "Data scientist", "2024-05-21", { tag: "mail" }],
      ["Camille Dubois", "Analyst", "2022-01-10"],
      ["Yusuf Demir", "Data engineer", "2026-02-02", { employment: "contractor", endedOn: "2027-01-31", sponsor: "Henrik Solberg" }],
      ["Grace Mwangi", "Analyst", "2025-09-01", { tag: "none" }],
    ],
  },
  {
    department: "Platform",
    manager: ["Ingrid Vass", "Platform lead", "2019-03-11"],
    members: [
      ["Pavel Novak", "Database administrator", "2019-05-27"],
      ["Amara Diallo", "Site reliability engineer", "2021-07-05"],
      ["Lukas Steiner", "Site reliability engineer", "2022-09-12", { tag: "mail" }],
      ["Fiona Gallagher", "Platform engineer", "2023-11-20"],
      ["Mateo Silva", "Platform engineer", "2024-08-26", { tag: "none" }],
      ["Wei Zhang", "Security engineer", "2020-12-01", { tag: "mail" }],
      ["Elena Petrova", "Site reliability engineer", "2020-06-15", { status: "left", endedOn: "2026-08-31" }],
    ],
  },
];

/** Everyone at the demo's company: a head, three teams, one contractor, one who has left and whose sign-in was forgotten. All invented. */
export const DEMO_CORP_PEOPLE: readonly Person[] = (() => {
  let number = 1001;
  const person = ([name, title, startedOn, more]: Line, department: string, manager: string | null): Person => ({
    id: `E${number++}`,
    name,
    login: loginOf(name),
    title,
    department,
    manager,
    employment: "employee",
    status: "active",
    startedOn,
    endedOn: null,
    sponsor: null,
    tag: "person",
    ...more,
  });
  const head = person(HEAD, "Engineering", null);
  const teams = TEAMS.flatMap(({ department, manager, members }) => {
    const lead = person(manager, department, head.id);
    return [lead, ...members.map((line) => person(line, department, lead.id))];
  });
  return [head, ...teams];
})();

function loginOf(name: string): string {
  return name.toLowerCase().replaceAll(" ", "_");
}

export const demoCorpMail = (login: string): string => `${login.replace("_", ".")}@demo-corp.example`;

const COLUMNS = [
  "external_id",
  "name",
  "mail",
  "user_name",
  "title",
  "department",
  "manager",
  "employment",
  "status",
  "started_on",
  "ended_on",
  "sponsor",
];

/** The same people as a file for the people source. */
export function demoCorpPeopleCsv(): string {
  const idOf = new Map(DEMO_CORP_PEOPLE.map(({ name, id }) => [name, id]));
  const lines = DEMO_CORP_PEOPLE.map((each) => [
    each.id,
    each.name,
    demoCorpMail(each.login),
    each.login,
    each.title,
    each.department,
    each.manager ?? "",
    each.employment,
    each.status,
    each.startedOn,
    each.endedOn ?? "",
    each.sponsor ? (idOf.get(each.sponsor) ?? "") : "",
  ]);
  return [COLUMNS, ...lines].map((line) => `${line.join(",")}\n`).join("");
}
