"use client";

import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { ToneText } from "#components/ui/tone-text.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { setScheduleAction } from "#lib/ingest/actions.ts";
import classes from "./ingest.module.css";
import { ScheduleFields } from "./schedule-fields.tsx";
import { cronOf, draftOfCron } from "./schedule-words.ts";

type ScheduleButtonProps = { sourceId: string; schedule: string | null; zone: string };

export function ScheduleButton({ sourceId, schedule, zone: saved }: ScheduleButtonProps) {
  const [opened, setOpened] = useState(false);
  const [draft, setDraft] = useState(draftOfCron(schedule));
  const [zone, setZone] = useState(saved);
  const { run, isRunning, failure, fields } = useAction(setScheduleAction, { onDone: () => setOpened(false), onFailed: () => undefined });
  const open = () => {
    setDraft(draftOfCron(schedule));
    setZone(saved);
    setOpened(true);
  };
  return (
    <>
      <Button variant="subtle" size="compact-xs" onClick={open} aria-haspopup="dialog">
        Change the schedule
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title="When is it read?"
        size="lg"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <form
          className={classes.stack}
          onSubmit={(event) => {
            event.preventDefault();
            run({ sourceId, schedule: cronOf(draft), scheduleZone: zone });
          }}
        >
          <ScheduleFields
            draft={draft}
            zone={zone}
            error={fields.schedule}
            onChange={(next, nextZone) => {
              setDraft(next);
              setZone(nextZone);
            }}
          />
          {failure && !fields.schedule && <ToneText tone="danger">{failure.message}</ToneText>}
          <div className={classes.buttons}>
            <Button variant="default" onClick={() => setOpened(false)}>
              Cancel
            </Button>
            <Button type="submit" loading={isRunning}>
              Save the schedule
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
}
