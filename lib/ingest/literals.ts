const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An id as it may stand in a name or as a literal: utility statements take no parameters. Throws on anything else. */
export function hexOf(id: string): string {
  if (!UUID.test(id)) throw new Error("not an id");
  return id.replaceAll("-", "");
}
