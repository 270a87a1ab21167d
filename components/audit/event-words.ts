/** "campaign_item.revoked" as people say it: "Campaign item revoked". */
export function eventWords(type: string): string {
  const words = type.replaceAll("_", " ").replace(".", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
