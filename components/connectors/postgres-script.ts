/** The least that a reader needs, to be run by somebody who administers the server. The password is set there and typed here. */
export function readerScript(user: string, databases: readonly string[]): string {
  const name = identifier(user.trim() === "" ? "access_review_reader" : user.trim());
  const plain = databases.filter((database) => !database.includes("*"));
  const connects =
    plain.length === 0
      ? [`-- GRANT CONNECT ON DATABASE … TO ${name};`]
      : plain.map((each) => `GRANT CONNECT ON DATABASE ${identifier(each)} TO ${name};`);
  return [
    `CREATE ROLE ${name} LOGIN CONNECTION LIMIT 50;`,
    `\\password ${name}`,
    `GRANT pg_read_all_stats TO ${name};     -- who is signed in`,
    `GRANT pg_read_all_settings TO ${name};  -- whether privileged use is recorded`,
    "-- Each database that is to be read, unless everyone may connect:",
    ...connects,
  ].join("\n");
}

/** As it has to stand in SQL: plain where it can, quoted where it must. */
function identifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
