/** "config.databases.only.0" as the fields of a form call it. */
export const fieldErrors = (fields: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([path, message]) => [path.replace(/^(config|secret)\./, ""), message]));
