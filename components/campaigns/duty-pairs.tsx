import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { Duties } from "#lib/campaigns/duties.sql.ts";
import { wordsOf } from "#lib/campaigns/duty-words.ts";
import { ENVIRONMENT_WORDS, RESOURCE_CLASS_WORDS } from "./campaign-words.ts";
import { EndPair } from "./end-pair.tsx";
import classes from "./micro.module.css";

type Pair = Duties["pairs"][number];

/** Each pair with what puts somebody on which side, and how many stand on both. */
export function DutyPairs({ pairs, canManage }: { pairs: readonly Pair[]; canManage: boolean }) {
  if (pairs.length === 0)
    return (
      <EmptyState
        title="No pair is in force"
        why="Nobody's access is looked at for duties that do not go together. An administrator adds pairs."
      />
    );
  return (
    <ul className={classes.rules}>
      {pairs.map((pair) => (
        <li key={pair.id} className={classes.rule}>
          <h2 className={classes.title}>
            Can {pair.sides[0].can} and {pair.sides[1].can}
          </h2>
          <p>
            {sentence(pair.why)}
            {pair.where === "same_resource" && " Only where both are on one resource."}
          </p>
          {pair.sides.map((side) => (
            <p key={side.can} className={classes.dimmed}>
              Can {side.can}: {sideWords(side)}
            </p>
          ))}
          {pair.people !== null && <p>{holdersWords(pair)}</p>}
          {canManage && <EndPair pairId={pair.id} title={`Can ${pair.sides[0].can} and ${pair.sides[1].can}`} />}
        </li>
      ))}
    </ul>
  );
}

function holdersWords({ id, people, others }: Pair) {
  if (!people && !others) return "Nobody holds both today.";
  const nobodies = others === 1 ? "1 identity without a person" : `${others} identities without a person`;
  const who = [people ? (people === 1 ? "1 person" : `${people} people`) : "", others ? nobodies : ""];
  return (
    <>
      <TextLink href={`/campaigns/duties?pair=${id}`}>{who.filter(Boolean).join(" and ")}</TextLink>{" "}
      {(people ?? 0) + (others ?? 0) === 1 ? "holds" : "hold"} both today.
    </>
  );
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;

function sideWords({ resourceClasses, environments, says }: Pair["sides"][number]): string {
  const words = wordsOf(says);
  return [
    resourceClasses.length > 0
      ? `on a ${resourceClasses
          .map((each) => RESOURCE_CLASS_WORDS[each] ?? each)
          .join(" or ")
          .toLowerCase()}`
      : "on anything",
    environments.length > 0
      ? `in ${environments
          .map((each) => ENVIRONMENT_WORDS[each] ?? each)
          .join(" or ")
          .toLowerCase()}`
      : "",
    words ? `whose name or meaning has a word that begins with ${words.join(", ")}` : `whose name or meaning matches ${says}`,
  ]
    .filter(Boolean)
    .join(", ");
}
