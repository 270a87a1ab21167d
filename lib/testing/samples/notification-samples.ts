import { reader, transactPg } from "#lib/db/transact.ts";
import { addEndpoint } from "#lib/notifications/commands/endpoints.ts";
import { notify } from "#lib/notifications/notify.sql.ts";
import * as make from "../factories.ts";
import { type Samples, somebody, type User } from "./sample.ts";

/** A user whom something was told. */
async function told(): Promise<User> {
  const by = await somebody();
  const about = { kind: "user", id: by.userId, label: by.label } as const;
  await transactPg(make.ctxOf(by), (tx, ctx) =>
    notify(tx, ctx, {
      kind: "account_changed",
      to: { userId: by.userId },
      about,
      key: `test:${by.userId}`,
      data: { change: "token_created" },
    }),
  );
  return by;
}

/** An administrator, and a webhook that nobody answers. */
async function endpoint() {
  const by = await somebody("administrator");
  const { endpointId } = await addEndpoint(make.confirmed(by), { name: "hook", url: "http://127.0.0.1:9/" });
  return { by, input: { endpointId } };
}

export const notificationSamples: Samples = {
  "notification.read": async () => {
    const by = await told();
    const rows = await reader.rows<{ id: string }>("SELECT id FROM notifications WHERE user_id = $1::uuid", [by.userId]);
    return { by, input: { notificationIds: rows.map(({ id }) => id) } };
  },
  "notification.set_preference": async () => ({ by: await somebody(), input: { mail: "daily" } }),
  "webhook.add": async () => ({ by: await somebody("administrator"), input: { name: "hook", url: "http://127.0.0.1:9/" } }),
  "webhook.rotate_secret": endpoint,
  "webhook.remove": endpoint,
  "webhook.test": endpoint,
  "mail.test": async () => ({ by: await somebody("administrator"), input: {} }),
};
