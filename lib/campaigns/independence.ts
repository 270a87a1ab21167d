/*
 * Who may not review an access, whatever the chain says: REV-3, judged by person and never by identity. independence.sql.ts is the twin,
 * applied at the freeze and again at each delegation, reassignment, escalation and round.
 */

/** In the order in which they are told. Of these only "self" cannot be overridden, by nobody. */
export const DEPENDENCES = ["self", "own_manager", "granted_it", "owns_identity", "can_use_identity", "mutual_pair", "loop"] as const;
export type Dependence = (typeof DEPENDENCES)[number];

/** The part of the inventory, and of the campaign, that tells who depends on whom. */
export type AccessGraph = {
  managerOf: ReadonlyMap<string, string>;
  /** Persons behind an identity: matched now. */
  personsOf: ReadonlyMap<string, readonly string[]>;
  /** Owner and backup owner of an identity that is not a human's. */
  ownersOf: ReadonlyMap<string, readonly string[]>;
  /** Who holds, directly or through groups, what lets one act as such an identity; and who may turn out to be its person. */
  usersOf: ReadonlyMap<string, readonly string[]>;
  /** Who reviews whom in the campaign as it stands. */
  reviews: ReadonlyMap<string, ReadonlySet<string>>;
};
export type Access = {
  identityId: string;
  /** The person at the freeze: theirs it stays, whoever is matched since. */
  frozenPersonId: string | null;
  /** Who granted or provisioned it, where the source tells and a person stands behind it. */
  granterIds: readonly string[];
};

/** Line management is a hierarchy and cannot be traded: pairs and loops are made by the other links. */
export function isLine({ managerOf }: Pick<AccessGraph, "managerOf">, reviewerId: string, subjectId: string): boolean {
  const manager = managerOf.get(subjectId);
  return manager !== undefined && (manager === reviewerId || managerOf.get(manager) === reviewerId);
}

/** Every reason why this person is not independent of this access. Empty: they are. */
export function dependencesOf(graph: AccessGraph, access: Access, personId: string): Dependence[] {
  const subjects = subjectsOf(graph, access);
  const found: Record<Dependence, boolean> = {
    self: subjects.includes(personId),
    own_manager: subjects.includes(graph.managerOf.get(personId) ?? ""),
    granted_it: access.granterIds.includes(personId),
    owns_identity: graph.ownersOf.get(access.identityId)?.includes(personId) ?? false,
    can_use_identity: graph.usersOf.get(access.identityId)?.includes(personId) ?? false,
    ...circlesOf(graph, subjects, personId),
  };
  return DEPENDENCES.filter((reason) => found[reason]);
}

export function subjectsOf({ personsOf }: AccessGraph, { identityId, frozenPersonId }: Access): string[] {
  const now = personsOf.get(identityId) ?? [];
  return frozenPersonId === null ? [...now] : [...new Set([frozenPersonId, ...now])];
}

/** The subject reviews this person: a mutual pair. Somebody whom the subject reviews does, at whatever distance: a loop. */
function circlesOf(graph: AccessGraph, subjects: readonly string[], personId: string): { mutual_pair: boolean; loop: boolean } {
  if (subjects.every((subject) => isLine(graph, personId, subject))) return { mutual_pair: false, loop: false };
  const direct = new Set(subjects.flatMap((subject) => reviewedBy(graph, subject)));
  const seen = new Set<string>();
  const further = [...direct];
  for (let next = further.pop(); next !== undefined; next = further.pop())
    for (const reviewed of reviewedBy(graph, next))
      if (!seen.has(reviewed)) {
        seen.add(reviewed);
        further.push(reviewed);
      }
  return { mutual_pair: direct.has(personId), loop: seen.has(personId) && !direct.has(personId) };
}

const reviewedBy = (graph: AccessGraph, reviewerId: string): string[] =>
  [...(graph.reviews.get(reviewerId) ?? [])].filter((subject) => !isLine(graph, reviewerId, subject));

export type Pair = { reviewerId: string; subjectId: string };
export type BarredPair = Pair & { why: "mutual_pair" | "loop" };

/**
 * What stands in a circle among pairs that were all found at once, as a freeze finds them, those of line management left out: taken in the
 * order given, a pair that would close a circle over those taken before is barred.
 */
export function barCircles(pairs: readonly Pair[]): BarredPair[] {
  const reviews = new Map<string, Set<string>>();
  const graph: AccessGraph = { managerOf: new Map(), personsOf: new Map(), ownersOf: new Map(), usersOf: new Map(), reviews };
  const barred: BarredPair[] = [];
  for (const { reviewerId, subjectId } of pairs) {
    const { mutual_pair, loop } = circlesOf(graph, [subjectId], reviewerId);
    if (mutual_pair || loop) barred.push({ reviewerId, subjectId, why: mutual_pair ? "mutual_pair" : "loop" });
    else reviews.set(reviewerId, (reviews.get(reviewerId) ?? new Set()).add(subjectId));
  }
  return barred;
}
