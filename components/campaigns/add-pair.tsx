"use client";

import { Button, Modal, MultiSelect, Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { addToxicPairAction } from "#lib/campaigns/actions.ts";
import { patternOf } from "#lib/campaigns/duty-words.ts";
import { ENVIRONMENTS, RESOURCE_CLASSES } from "#lib/inventory/streams.ts";
import { ENVIRONMENT_WORDS, RESOURCE_CLASS_WORDS } from "./campaign-words.ts";
import classes from "./setup-form.module.css";

const WHERES = [
  { value: "anywhere", label: "Wherever the two are" },
  { value: "same_resource", label: "Only where both are on one resource" },
];
const labelled = (values: readonly string[], words: Readonly<Record<string, string>>) =>
  values.map((value) => ({ value, label: words[value] ?? value }));
const SIDES = ["first", "second"] as const;
const NOTHING = { resourceClasses: [] as string[], environments: [] as string[] };

/** Two duties by what access to them is called. Patterns are for files. */
export function AddPair() {
  const [opened, setOpened] = useState(false);
  const [where, setWhere] = useState("anywhere");
  const [narrowed, setNarrowed] = useState({ first: NOTHING, second: NOTHING });
  const text = (form: FormData, name: string) => String(form.get(name) ?? "").trim();
  const sideOf = (form: FormData, side: (typeof SIDES)[number]) => ({
    can: text(form, `${side}.can`),
    says: patternOf(
      text(form, `${side}.words`)
        .split(",")
        .map((word) => word.trim())
        .filter(Boolean),
    ),
    ...narrowed[side],
  });
  return (
    <>
      <Button onClick={() => setOpened(true)} aria-haspopup="dialog">
        Add a pair
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title="Two duties that do not go together"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <ActionForm
          action={addToxicPairAction}
          submit="Add the pair"
          onCancel={() => setOpened(false)}
          onDone={() => {
            setOpened(false);
            toastDone("Added the pair");
          }}
          read={(form) => {
            const sides: [ReturnType<typeof sideOf>, ReturnType<typeof sideOf>] = [sideOf(form, "first"), sideOf(form, "second")];
            const pair = { id: idOf(`${sides[0].can} and ${sides[1].can}`), why: text(form, "why"), where: where as "anywhere", sides };
            return { pair, reason: text(form, "reason") };
          }}
        >
          {(errors) => (
            <>
              {SIDES.map((side, at) => (
                <fieldset key={side} className={classes.round}>
                  <legend className={classes.hint}>{at === 0 ? "One side" : "The other side"}</legend>
                  <TextInput
                    name={`${side}.can`}
                    label="Whoever has it can"
                    placeholder={at === 0 ? "request payments" : "approve payments"}
                    required
                    maxLength={120}
                    error={errors[`pair.sides.${at}.can`] ?? (at === 0 ? errors["pair.id"] : undefined)}
                  />
                  <TextInput
                    name={`${side}.words`}
                    label="Its name or meaning has a word that begins with"
                    description="Several, separated by commas: approv, authoris, authoriz"
                    required
                    maxLength={300}
                    error={errors[`pair.sides.${at}.says`]}
                  />
                  <MultiSelect
                    label="On"
                    placeholder={narrowed[side].resourceClasses.length === 0 ? "anything" : ""}
                    data={labelled(RESOURCE_CLASSES, RESOURCE_CLASS_WORDS)}
                    value={narrowed[side].resourceClasses}
                    onChange={(resourceClasses) => setNarrowed({ ...narrowed, [side]: { ...narrowed[side], resourceClasses } })}
                    comboboxProps={{ withinPortal: true }}
                  />
                  <MultiSelect
                    label="In"
                    placeholder={narrowed[side].environments.length === 0 ? "any environment" : ""}
                    data={labelled(ENVIRONMENTS, ENVIRONMENT_WORDS)}
                    value={narrowed[side].environments}
                    onChange={(environments) => setNarrowed({ ...narrowed, [side]: { ...narrowed[side], environments } })}
                    comboboxProps={{ withinPortal: true }}
                  />
                </fieldset>
              ))}
              <Select label="Counts" data={WHERES} allowDeselect={false} value={where} onChange={(value) => setWhere(value ?? where)} />
              <TextInput
                name="why"
                label="Why they do not go together"
                description="Reviewers read this beside the conflict."
                required
                maxLength={200}
                error={errors["pair.why"]}
              />
              <Textarea name="reason" label="Why now" required autosize minRows={2} maxRows={8} error={errors.reason} />
            </>
          )}
        </ActionForm>
      </Modal>
    </>
  );
}

const MAX_ID = 41;
const idOf = (words: string): string =>
  words
    .toLowerCase()
    .replace(/[^a-z]+/g, "_")
    .replace(/^_+/, "")
    .slice(0, MAX_ID)
    .replace(/_+$/, "") || "pair";
