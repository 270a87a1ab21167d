import { describe, expect, it, vi } from "vitest";
import { PERMISSIONS } from "#lib/authz/permissions.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { receive } from "#lib/testing/next-headers.ts";
import { someSignedIn, someUser } from "#lib/testing/users.ts";
import { disableUser } from "./commands/accounts.ts";
import { loadAccount, loadCliLogin, loadUser, loadUsers, loadViewer, requireCtx } from "./loaders.ts";

vi.mock("next/headers", () => import("#lib/testing/next-headers.ts"));

ownTestDatabase();

const from = (user: Awaited<ReturnType<typeof someSignedIn>>) => receive({ cookie: `${user.cookie.name}=${user.cookie.value}` });

// No proxy stands before these: what is refused here is refused with proxy.ts deleted.
describe("a page's loader, with nothing in front of it", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["any page", () => requireCtx()],
    ["the account", () => loadAccount()],
    ["the users", () => loadUsers({})],
    ["a command line's code", () => loadCliLogin("AAAA-AAAA")],
  ])("sends whoever is not signed in to the sign-in page: %s", async (_name, load) => {
    receive({});
    await expect(load()).rejects.toMatchObject({ digest: expect.stringContaining("/sign-in") });
    receive({ cookie: "__Host-countersign.sign-in=made-up" });
    await expect(load()).rejects.toMatchObject({ digest: expect.stringContaining("/sign-in") });
    expect(await loadViewer()).toBeNull();
  });

  it("leads back to where they wanted to go, and to no other site", async () => {
    receive({ "x-path": "/campaigns/1?round=2" });
    await expect(requireCtx()).rejects.toMatchObject({ digest: expect.stringContaining("/sign-in?next=%2Fcampaigns%2F1%3Fround%3D2") });
  });

  it("opens the users to administrators and auditors, and to nobody else", async () => {
    const listed = await someUser();
    for (const [roles, isOpen] of [
      [["administrator"], true],
      [["auditor"], true],
      [["reviewer", "campaign_manager", "platform_engineer", "security_analyst", "exception_approver"], false],
      [[], false],
    ] as const) {
      from(await someSignedIn([...roles]));
      expect((await loadUsers({})) !== null).toBe(isOpen);
      expect((await loadUser(listed.userId, "")) !== null).toBe(isOpen);
    }
  });

  it("filters users, and falls back where the URL says nonsense", async () => {
    from(await someSignedIn(["administrator"]));
    const [reviewer, nobody] = [await someUser(["reviewer"]), await someUser()];
    const ids = async (search: Record<string, string>) => (await loadUsers(search))?.users.map(({ id }) => id) ?? [];
    expect(await ids({ q: reviewer.mail.slice(0, 20).toUpperCase() })).toEqual([reviewer.userId]);
    expect(await ids({ role: "reviewer" })).not.toContain(nobody.userId);
    expect(await ids({ role: "none" })).toContain(nobody.userId);
    expect(await ids({ role: "' OR 1=1", state: "x", q: "%" })).toEqual([]);
    expect(await ids({ state: "disabled" })).not.toContain(nobody.userId);
    expect(await loadUser("not-an-id", "")).toBeNull();
  });

  it("shows in the frame what the roles of this very moment allow", async () => {
    const user = await someSignedIn(["reviewer"]);
    from(user);
    const viewer = await loadViewer();
    expect(viewer).toMatchObject({ userId: user.userId, roles: ["reviewer"], jobs: 0 });
    expect(viewer?.permissions).toContain("item.decide");
    expect(viewer?.permissions).not.toContain("user.manage");
    expect(viewer?.permissions.length).toBeLessThan(PERMISSIONS.length);
    await disableUser((await someSignedIn(["administrator"])).ctx, { userId: user.userId });
    expect(await loadViewer()).toBeNull();
  });
});
