import { DEMO_CORP_PEOPLE, demoCorpMail } from "#lib/connectors/postgres/demo-corp-people.ts";
import type { StreamRecord } from "#lib/inventory/streams.ts";
import { daysAgo, dayText, type Story } from "./story.ts";

export type Employee = {
  id: string;
  name: string;
  login: string;
  mail: string;
  title: string;
  department: string;
  manager: string | null;
  employment: "employee" | "contractor" | "vendor";
  sponsor: string | null;
  /** Days before the story's end, or a date. */
  started: number | string;
  left?: number;
  /** Days after the story's end at which a contract runs out. */
  ends?: number;
  endsOn?: string | null;
  /** The department that somebody moved to, and how many days ago. */
  moved?: { to: string; manager: string; days: number };
};

type More = Partial<
  Pick<Employee, "employment" | "started" | "left" | "ends"> & { sponsor: string; moved: NonNullable<Employee["moved"]> }
>;
type Line = readonly [name: string, title: string, more?: More];

/** Everyone besides engineering, which the database's company has already. All invented. */
const DEPARTMENTS: readonly { department: string; lines: readonly Line[] }[] = [
  {
    department: "Security",
    lines: [
      ["Dragan Ilic", "Head of security"],
      ["Noor Rahimi", "Security analyst"],
      ["Ottilie Krantz", "Risk and compliance lead"],
      ["Felix Osei", "Security engineer"],
      ["Hana Sato", "Incident responder", { started: 100 }],
    ],
  },
  {
    department: "Product",
    lines: [
      ["Beatriz Amado", "Head of product"],
      ["Callum Reid", "Product manager"],
      ["Mei Tanaka", "Designer"],
      ["Joao Teixeira", "Product manager"],
      ["Lena Vogt", "Researcher"],
      ["Samir Bakri", "Designer"],
      ["Petra Lindholm", "Technical writer"],
      ["Akosua Mensah", "Product manager", { started: 50 }],
    ],
  },
  {
    department: "Finance",
    lines: [
      ["Gunnar Falk", "Head of finance"],
      ["Rosa Delgado", "Controller"],
      ["Ewan Murray", "Accountant"],
      ["Chiara Conti", "Accountant"],
      ["Tariq Mansour", "Treasury analyst"],
      ["Ulrike Baum", "Payroll specialist"],
      ["Ines Carvalho", "Accountant"],
      ["Bohdan Marko", "Billing specialist"],
    ],
  },
  {
    department: "Support",
    lines: [
      ["Nkechi Obi", "Head of support"],
      ["Liam Byrne", "Support engineer"],
      ["Sanna Virtanen", "Support agent"],
      ["Arjun Pillai", "Support engineer", { moved: { to: "Product", manager: "Beatriz Amado", days: 70 } }],
      ["Marta Zielinska", "Support agent"],
      ["Dylan Cooper", "Support agent"],
      ["Fatou Sarr", "Support engineer"],
      ["Ruben Kok", "Support agent", { started: 50 }],
      ["Olga Melnik", "Support agent"],
      ["Tess Vandam", "Support agent"],
    ],
  },
  {
    department: "Sales",
    lines: [
      ["Marcus Thiel", "Head of sales"],
      ["Elif Kaya", "Account manager"],
      ["Bruno Castellan", "Account manager", { left: 70 }],
      ["Yara Nasser", "Account manager"],
      ["Owen Pritchard", "Sales engineer"],
      ["Lucia Ferri", "Account manager"],
      ["Anders Moe", "Partner manager"],
      ["Keiko Mori", "Account manager"],
      ["Paula Rios", "Sales operations"],
      ["Simon Achterberg", "Account manager"],
    ],
  },
  {
    department: "People",
    lines: [
      ["Margit Soler", "Head of people"],
      ["Jelena Babic", "Recruiter"],
      ["Theo Laurent", "People partner"],
      ["Wanda Grabowska", "People operations"],
    ],
  },
  {
    department: "Workplace",
    lines: [
      ["Rasmus Lund", "Head of workplace IT"],
      ["Aino Koski", "Workplace engineer"],
      ["Dev Sharma", "Workplace engineer", { employment: "contractor", sponsor: "Rasmus Lund", started: 300, ends: 20 }],
      ["Carla Nunes", "Device specialist", { employment: "contractor", sponsor: "Rasmus Lund", started: 140, ends: 75 }],
      ["Viktor Hruby", "Network consultant", { employment: "vendor", sponsor: "Ingrid Vass", started: 55, ends: 160 }],
    ],
  },
  {
    department: "Legal",
    lines: [
      ["Aurelia Stern", "General counsel"],
      ["Piotr Sowa", "Counsel"],
      ["Nina Albrecht", "Data protection officer"],
      ["Jamal Whitfield", "Contracts manager"],
    ],
  },
];

const HEAD = "Saskia Holm";
/** She left three months ago. Her people record says so; what she could do was forgotten. */
export const LEAVER = { login: "elena_petrova", daysAgo: 88 };

const loginOf = (name: string): string => name.toLowerCase().replaceAll(" ", "_");

/** 80 people: the engineers whose roles the demo's database holds, and everybody else under one head. */
export const COMPANY: readonly Employee[] = (() => {
  let number = 2001;
  const employee = ([name, title, more = {}]: Line, department: string, manager: string | null): Employee => {
    const id = `E${number++}`;
    const login = loginOf(name);
    const plain = { employment: "employee", sponsor: null, started: 400 + (number % 9) * 160 } as const;
    return { id, name, login, mail: demoCorpMail(login), title, department, manager, ...plain, ...more };
  };
  const head = employee([HEAD, "Chief executive"], "Leadership", null);
  const others = DEPARTMENTS.flatMap(({ department, lines: [lead, ...members] }) => {
    if (!lead) return [];
    const manager = employee(lead, department, HEAD);
    return [manager, ...members.map((line) => employee(line, department, manager.name))];
  });
  const engineers = DEMO_CORP_PEOPLE.map(({ startedOn, endedOn, status: _status, tag: _tag, manager, ...person }): Employee => {
    const boss = DEMO_CORP_PEOPLE.find(({ id }) => id === manager)?.name ?? HEAD;
    const left = person.login === LEAVER.login ? { left: LEAVER.daysAgo } : {};
    return { ...person, mail: demoCorpMail(person.login), manager: boss, started: startedOn, endsOn: endedOn, ...left };
  });
  return [head, ...engineers, ...others];
})();

export function employeeOf(login: string): Employee {
  const found = COMPANY.find((employee) => employee.login === login);
  if (!found) throw new Error(`The demo's company has no ${login}.`);
  return found;
}

/** Here on that day: came before it and did not leave before it. */
export const isHere = (employee: Employee, day: number): boolean =>
  (typeof employee.started === "string" || employee.started >= day) && (employee.left === undefined || employee.left < day);

/** The people file as it was exported that many days ago. */
export function peopleRecords(story: Story, day: number): readonly StreamRecord[] {
  const idOf = new Map(COMPANY.map(({ name, id }) => [name, id]));
  const named = (name: string | null | undefined) => (name ? (idOf.get(name) ?? null) : null);
  const on = (days: number) => dayText(daysAgo(story, days));
  return COMPANY.filter(({ started }) => typeof started === "string" || started >= day).map((employee) => {
    const { started, left, ends, endsOn, moved } = employee;
    const hasLeft = left !== undefined && left >= day;
    const hasMoved = moved !== undefined && moved.days >= day;
    return {
      external_id: employee.id,
      name: employee.name,
      mail: employee.mail,
      user_name: employee.login,
      title: employee.title,
      department: hasMoved ? moved.to : employee.department,
      manager: named(hasMoved ? moved.manager : employee.manager),
      employment: employee.employment,
      status: hasLeft ? "left" : "active",
      started_on: typeof started === "string" ? started : on(started),
      ended_on: hasLeft ? on(left) : ends !== undefined ? on(-ends) : left === undefined ? (endsOn ?? null) : null,
      sponsor: named(employee.sponsor),
    };
  });
}
