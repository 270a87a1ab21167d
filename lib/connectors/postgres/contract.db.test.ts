import { afterAll, beforeAll, describe } from "vitest";
import { SOURCE_VERSIONS } from "#lib/testing/source-server.ts";
import { connectorContract } from "../contract-suite.ts";
import { createPostgresConnector } from "./connector.ts";
import { addOddDatabase, PASSWORDS, startTestSource, type TestSource } from "./test-source.ts";

for (const { name, binaries } of SOURCE_VERSIONS) {
  const found = await binaries();
  describe.runIf(found)(name, () => {
    let server: TestSource;
    beforeAll(async () => {
      server = await startTestSource(found);
      await addOddDatabase(server);
    });
    afterAll(() => server?.stop());

    const options = {
      hasMovingClock: true,
      unsteady: ["sessions"] as const,
      secrets: [PASSWORDS.reader, "wrong-secret"],
      makeBroken: async () => createPostgresConnector({ ...server.config(), password: "wrong-secret" }),
    };
    connectorContract("demo_corp", async () => createPostgresConnector(server.config()), options);
    connectorContract("demo_corp in small pages", async () => createPostgresConnector(server.config({ pageSize: 3 })), options);
    connectorContract("odd names in pages of one", async () => createPostgresConnector(server.odd({ pageSize: 1 })), options);
    const whole = { databases: { only: [] }, pageSize: 50 };
    connectorContract("every database of the server", async () => createPostgresConnector(server.config(whole)), options);
  });
}
