import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";
import classes from "./theme.module.css";
import { dark, darkScheme, gray, indigo, light, red, rowHeight, type Scheme, type Tone } from "./tokens.ts";

const tuple = (colours: readonly string[]): MantineColorsTuple => colours as unknown as MantineColorsTuple;

const TONES: readonly Tone[] = ["neutral", "accent", "danger", "warning", "verified", "unknown"];

export const theme = createTheme({
  colors: { gray: tuple(gray), dark: tuple(dark), indigo: tuple(indigo), red: tuple(red) },
  primaryColor: "indigo",
  primaryShade: { light: 6, dark: 5 },
  defaultRadius: "md",
  radius: { xs: "2px", sm: "4px", md: "6px", lg: "6px", xl: "6px" },
  spacing: { xxs: "4px", xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: "12px", sm: "14px", md: "16px", lg: "20px", xl: "28px" },
  lineHeights: { xs: "16px", sm: "20px", md: "24px", lg: "28px", xl: "36px" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "28px" },
      h2: { fontSize: "16px", lineHeight: "24px" },
      h3: { fontSize: "14px", lineHeight: "20px" },
      h4: { fontSize: "14px", lineHeight: "20px" },
      h5: { fontSize: "12px", lineHeight: "16px" },
      h6: { fontSize: "12px", lineHeight: "16px" },
    },
  },
  shadows: { xs: "none", sm: "none", md: "var(--cs-shadow)", lg: "var(--cs-shadow)", xl: "var(--cs-shadow)" },
  focusRing: "auto",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Text: { defaultProps: { size: "sm" } },
    Anchor: { defaultProps: { size: "sm" } },
    Button: { defaultProps: { size: "sm" }, classNames: { root: classes.button } },
    ActionIcon: { defaultProps: { size: "md", variant: "subtle", color: "gray" } },
    Modal: {
      classNames: { title: classes.title },
      defaultProps: {
        centered: true,
        attributes: { header: { role: "presentation" } },
        overlayProps: { backgroundOpacity: 0.4 },
        transitionProps: { duration: 120 },
      },
    },
    Drawer: {
      classNames: { title: classes.title },
      defaultProps: {
        attributes: { header: { role: "presentation" } },
        overlayProps: { backgroundOpacity: 0.4 },
        transitionProps: { duration: 120 },
      },
    },
    Menu: { defaultProps: { shadow: "md", position: "bottom-end", transitionProps: { duration: 80 } } },
    Popover: { defaultProps: { shadow: "md" } },
    Tooltip: {
      defaultProps: {
        openDelay: 400,
        withArrow: false,
        transitionProps: { duration: 80 },
        events: { hover: true, focus: true, touch: false },
      },
    },
    Paper: { defaultProps: { withBorder: true, p: "md" }, classNames: { root: classes.paper } },
    Input: { classNames: { wrapper: classes.edge } },
    Checkbox: { classNames: { input: classes.box } },
    Radio: { classNames: { radio: classes.box } },
    Divider: { classNames: { root: classes.divider } },
    Skeleton: { defaultProps: { animate: true } },
  },
});

function schemeVariables(scheme: Scheme): Record<string, string> {
  const [page, panel, raised] = scheme.surfaces;
  const variables: Record<string, string> = {
    "--mantine-color-body": page,
    "--mantine-color-text": scheme.text,
    "--mantine-color-dimmed": scheme.textDimmed,
    "--mantine-color-placeholder": scheme.textDimmed,
    "--mantine-color-anchor": scheme.link,
    "--mantine-color-indigo-light-color": scheme.link,
    "--mantine-color-default": raised,
    "--mantine-color-default-hover": scheme.hover,
    "--mantine-color-default-color": scheme.text,
    "--mantine-color-default-border": scheme.control,
    "--mantine-color-error": scheme.tones.danger.text,
    "--mantine-primary-color-contrast": "#ffffff",
    "--cs-page": page,
    "--cs-panel": panel,
    "--cs-raised": raised,
    "--cs-text": scheme.text,
    "--cs-dimmed": scheme.textDimmed,
    "--cs-line": scheme.line,
    "--cs-control": scheme.control,
    "--cs-hover": scheme.hover,
    "--cs-selected": scheme.selected,
    "--cs-link": scheme.link,
    "--cs-focus": scheme.focus,
  };
  for (const tone of TONES) {
    variables[`--cs-${tone}-text`] = scheme.tones[tone].text;
    variables[`--cs-${tone}-fill`] = scheme.tones[tone].fill;
    variables[`--cs-${tone}-line`] = scheme.tones[tone].line;
  }
  scheme.chart.forEach((colour, index) => {
    variables[`--cs-chart-${index + 1}`] = colour;
  });
  return variables;
}

/** Dark surfaces are told apart by steps and borders; only light needs a shadow under what floats. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {
    "--cs-row-comfortable": `${rowHeight.comfortable}px`,
    "--cs-row-compact": `${rowHeight.compact}px`,
    "--cs-header-height": "48px",
    "--cs-navigation-width": "216px",
    "--cs-content-width": "1440px",
    "--cs-reading-width": "720px",
    "--cs-thumb-bar-height": "64px",
  },
  light: { ...schemeVariables(light), "--cs-shadow": "0 4px 16px rgb(27 33 43 / 12%)" },
  dark: { ...schemeVariables(darkScheme), "--cs-shadow": "none" },
});
