import { expect, it } from "vitest";
import { browserText, methodText } from "./sign-in-text.ts";

it.each([
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36", "Chrome on Linux"],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15",
    "Safari on macOS",
  ],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36 Edg/150.0", "Edge on Windows"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1", "Safari on iOS"],
  ["curl/8.5.0", "An unknown browser"],
  [null, "An unknown browser"],
])("reads %s", (userAgent, words) => {
  expect(browserText(userAgent)).toBe(words);
});

it("claims of a sign-in what was shown and no more", () => {
  expect(methodText("password", null)).toBe("password");
  expect(methodText("oidc", "pwd otp")).toBe("single sign-on, which reported pwd, otp");
  expect(methodText("oidc", null)).toContain("did not say");
});
