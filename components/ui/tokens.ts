/**
 * Colours and sizes, and nothing else sets them: components speak of tones and surfaces through the CSS variables made here.
 * theme.test.ts holds each pair that meets on screen to its contrast.
 */

/** Mantine draws the edge of its controls in shade 4 of gray, so that shade is the control colour; dark has theme.module.css for it. */
export const gray = ["#f7f8fa", "#eef0f3", "#e2e5ea", "#cfd4dc", "#858e9d", "#747d8c", "#5f6877", "#4c5563", "#333b47", "#1b212b"] as const;
export const dark = ["#e6e9ef", "#c3c9d3", "#a0a9b8", "#6a7484", "#3a424f", "#2e3540", "#1f252e", "#171b22", "#11141a", "#0c0e13"] as const;
export const indigo = [
  "#eef0ff",
  "#dfe3ff",
  "#bfc6ff",
  "#9aa5fb",
  "#7a86f3",
  "#5560e0",
  "#4c55d8",
  "#3f46ba",
  "#343a99",
  "#282d78",
] as const;
export const red = ["#fdecea", "#fad5d1", "#f6b3ac", "#ff9b91", "#e4665c", "#cc3f36", "#c4302b", "#b3261e", "#8f1f19", "#3a1d1e"] as const;

/** What a colour may mean. "unknown" is grey and always comes with the word. */
export type Tone = "neutral" | "accent" | "danger" | "warning" | "verified" | "unknown";

export type ToneColours = { readonly text: string; readonly fill: string; readonly line: string };

export type Scheme = {
  /** Page, panel beside it, thing above both: the three steps. */
  readonly surfaces: readonly [string, string, string];
  readonly text: string;
  readonly textDimmed: string;
  /** Separates areas; decoration, so it may be faint. */
  readonly line: string;
  /** Edge of something that can be operated: 3:1 against each surface. */
  readonly control: string;
  readonly hover: string;
  readonly selected: string;
  readonly link: string;
  readonly focus: string;
  readonly tones: Readonly<Record<Tone, ToneColours>>;
  /** At most five series, told apart also without hue by their order of lightness. */
  readonly chart: readonly [string, string, string, string, string];
};

export const light: Scheme = {
  surfaces: ["#ffffff", gray[0], "#ffffff"],
  text: gray[9],
  textDimmed: gray[6],
  line: gray[2],
  control: gray[4],
  hover: gray[1],
  selected: indigo[0],
  link: indigo[7],
  focus: indigo[6],
  tones: {
    neutral: { text: gray[8], fill: gray[1], line: gray[3] },
    accent: { text: indigo[7], fill: indigo[0], line: indigo[2] },
    danger: { text: red[7], fill: red[0], line: red[2] },
    warning: { text: "#8a5300", fill: "#fff4dc", line: "#eccf94" },
    verified: { text: "#1b6e3c", fill: "#e6f5ec", line: "#a9d8bc" },
    unknown: { text: "#4f5866", fill: "#eceff3", line: gray[3] },
  },
  chart: [indigo[6], "#0b7a75", "#a15c00", "#9a3b8f", gray[6]],
};

export const darkScheme: Scheme = {
  surfaces: [dark[8], dark[7], dark[6]],
  text: dark[0],
  textDimmed: dark[2],
  line: dark[5],
  control: dark[3],
  hover: "#232a34",
  selected: "#252a4d",
  link: indigo[3],
  focus: indigo[3],
  tones: {
    neutral: { text: dark[1], fill: "#262d38", line: "#3a424f" },
    accent: { text: "#b5beff", fill: "#252a4d", line: "#3d4580" },
    danger: { text: red[3], fill: red[9], line: "#6b2f2f" },
    warning: { text: "#f2c46d", fill: "#352811", line: "#66501f" },
    verified: { text: "#7fd6a0", fill: "#15301f", line: "#285c3c" },
    unknown: { text: "#b4bcc9", fill: "#262d38", line: "#3a424f" },
  },
  chart: [indigo[3], "#4cc2b5", "#e0a24a", "#d58acb", dark[2]],
};

/** Pixels. Rows keep these heights whatever is in them, so that nothing moves while data arrives. */
export const rowHeight = { comfortable: 40, compact: 32 } as const;
export type Density = keyof typeof rowHeight;
