import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { canonicalize } from "./canonical.ts";
import { commitmentOf, openBody, opensCommitment, personal, sealPersonal } from "./commitment.ts";

const salts = () => {
  let drawn = 0;
  return () => Buffer.alloc(16, ++drawn);
};
const event = {
  actor: { id: "u1", label: personal("Mara Lindqvist") },
  data: { reason: "left", "a/b~c": [1, personal({ mail: "mara@corp.test" })] },
};

describe("sealPersonal", () => {
  const { body, reveals } = sealPersonal(event, salts());

  it("leaves no personal value in the body", () => {
    const text = canonicalize(body);
    expect(text).not.toContain("Mara");
    expect(text).not.toContain("mara@");
    expect(text).toContain('"reason":"left"');
  });

  it("hands out each value with its place and a salt of its own", () => {
    expect(reveals.map(({ path, value }) => [path, value])).toEqual([
      ["/actor/label", "Mara Lindqvist"],
      ["/data/a~1b~0c/1", { mail: "mara@corp.test" }],
    ]);
    expect(new Set(reveals.map(({ salt }) => salt)).size).toBe(2);
  });

  it("opens with what it handed out", () => {
    expect(reveals.every((reveal) => opensCommitment(body, reveal))).toBe(true);
    expect(openBody(body, reveals)).toEqual({
      actor: { id: "u1", label: "Mara Lindqvist" },
      data: { reason: "left", "a/b~c": [1, { mail: "mara@corp.test" }] },
    });
  });

  it("keeps its text when values and salts are gone, so the leaf still verifies", () => {
    expect(canonicalize(openBody(body, []))).toBe(canonicalize(body));
  });

  it("can be recomputed in any language from the documented text", () => {
    const salt = "01".repeat(16);
    const text = `{"domain":"countersign-commitment-v1","path":"/actor/label","salt":"${salt}","value":"Mara Lindqvist"}`;
    const digest = createHash("sha256").update(text).digest("hex");
    expect(body).toMatchObject({ actor: { label: { $commitment: `sha256:${digest}` } } });
  });

  it("refuses a salt that could be guessed and a body that forges a commitment", () => {
    expect(() => sealPersonal(event, () => Buffer.alloc(8))).toThrow(RangeError);
    expect(() => sealPersonal({ data: { $commitment: "sha256:00" } }, salts())).toThrow(TypeError);
  });
});

describe("a commitment does not open", () => {
  const { body, reveals } = sealPersonal({ a: personal("x"), b: personal("x"), plain: "x" }, salts());
  const [a, b] = reveals;
  if (!a || !b) throw new Error("two values were sealed");
  it.each([
    ["with another value", { ...a, value: "y" }],
    ["with another salt", { ...a, salt: b.salt }],
    ["under another name, value and salt being right", { ...a, path: "/b" }],
    ["where nothing was committed", { ...a, path: "/plain" }],
    ["where nothing is", { ...a, path: "/c" }],
    ["through a prototype", { ...a, path: "/__proto__" }],
    ["at the whole body", { ...a, path: "" }],
  ])("%s", (_name, reveal) => {
    expect(opensCommitment(body, reveal)).toBe(false);
  });

  it("and equal values in two places look unrelated", () => {
    expect(commitmentOf(a)).not.toBe(commitmentOf({ ...b, salt: a.salt }));
  });
});
