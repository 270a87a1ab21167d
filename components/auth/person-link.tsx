"use client";

import { Button, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { linkUserToPersonAction } from "#lib/auth/actions.ts";
import type { PersonChoice } from "#lib/auth/queries.ts";
import classes from "./auth.module.css";

type PersonLinkProps = {
  userId: string;
  name: string;
  person: { id: string; name: string } | null;
  people: readonly PersonChoice[];
  search: string;
  canManage: boolean;
};

/** Which person a user is. Reviews are given, and refused as one's own, by person: so somebody confirms it, and no mail address decides. */
export function PersonLink({ userId, name, person, people, search, canManage }: PersonLinkProps) {
  const router = useRouter();
  const page = `/administration/users/${userId}`;
  const found = people.filter(({ id }) => id !== person?.id);
  return (
    <div className={classes.form}>
      <div className={classes.line}>
        <span>
          {person ? (
            <TextLink href={`/people/${person.id}`}>{person.name}</TextLink>
          ) : (
            `Not linked: ${name} gets no reviews, and nothing tells which access is their own.`
          )}
        </span>
        {person && canManage && (
          <ConfirmButton
            size="xs"
            variant="default"
            title={`Undo the link to ${person.name}`}
            consequence={`${name} no longer gets reviews as ${person.name}. You can link them again.`}
            action={linkUserToPersonAction}
            input={{ userId, personId: null }}
            onDone={() => toastDone(`${name} is linked to nobody now`)}
            isDestructive
          >
            Undo the link
          </ConfirmButton>
        )}
      </div>
      {canManage && (
        <search>
          <form
            className={classes.inline}
            onSubmit={(event) => {
              event.preventDefault();
              const text = String(new FormData(event.currentTarget).get("person") ?? "").trim();
              router.push(text ? `${page}?person=${encodeURIComponent(text)}` : page, { scroll: false });
            }}
          >
            <TextInput
              name="person"
              label={person ? "Find somebody else" : "Find the person"}
              description="Beginning of a name or mail address"
              defaultValue={search}
            />
            <Button type="submit" variant="default">
              Find
            </Button>
          </form>
        </search>
      )}
      {search !== "" && found.length === 0 && (
        <p role="status">Nobody in the sources fits “{search}”. Sync the source that knows them, or try another name.</p>
      )}
      <ul className={classes.lines}>
        {found.map((choice) => (
          <li key={choice.id} className={classes.line}>
            <span className={classes.about}>
              <span>{choice.name}</span>
              <span>{choice.detail}</span>
            </span>
            <ConfirmButton
              size="xs"
              variant="default"
              title={`Link ${name} to ${choice.name}`}
              consequence={`${name} gets the reviews of ${choice.name}, and can never review the access of ${choice.name}. Confirm that they are one person.`}
              action={linkUserToPersonAction}
              input={{ userId, personId: choice.id }}
              onDone={() => {
                toastDone(`${name} is ${choice.name}`);
                router.push(page, { scroll: false });
              }}
            >
              This is the person
            </ConfirmButton>
          </li>
        ))}
      </ul>
    </div>
  );
}
