import "server-only";
import { instant, type PackTable, plain, text, words } from "./tables.sql.ts";
import { sameTransaction } from "./view.sql.ts";

const covered = (row: string) => `EXISTS (SELECT FROM pack_events e WHERE ${sameTransaction("e", row, `${row}.at`)} AND e.is_campaign)`;

export const rounds: PackTable = {
  name: "rounds",
  holds: "the answer that counted for an item in a round before the last, when that round was over",
  columns: [
    plain("item_id", "r.item_id"),
    plain("round", "r.round"),
    plain("answer", "r.answer"),
    plain("decision_id", "r.decision_id"),
    plain("reviewer_id", "r.reviewer_id"),
    text("reviewer", "p.name"),
    instant("at", "r.at"),
  ],
  from: (campaign) =>
    `FROM round_answers r LEFT JOIN pack_people p ON p.id = r.reviewer_id WHERE r.campaign_id = ${campaign} AND ${covered("r")}`,
  orderBy: "r.item_id, r.round",
};

/** Only those that an item was handed over by: what somebody sets for other campaigns is not this pack's. */
export const delegations: PackTable = {
  name: "delegations",
  holds: "one absence that items were handed over for: who stood in for whom, from when until when, set by that person",
  columns: [
    plain("id", "d.id"),
    plain("person_id", "d.person_id"),
    text("person", "p.name"),
    plain("stand_in_id", "d.to_person_id"),
    text("stand_in", "t.name"),
    instant("starts_at", "d.starts_at"),
    instant("ends_at", "d.ends_at"),
    text("reason", "d.reason"),
    instant("set_at", "d.created_at"),
    plain("items", "k.items"),
  ],
  from: (campaign) => `FROM (SELECT a.from_id, a.to_id, count(*) AS items, min(a.at) AS first, max(a.at) AS last FROM assignments a
      WHERE a.campaign_id = ${campaign} AND a.cause = 'delegated' AND ${covered("a")} GROUP BY 1, 2) k
    JOIN delegations d ON d.person_id = k.from_id AND d.to_person_id = k.to_id AND d.created_at <= k.last
    LEFT JOIN pack_people p ON p.id = d.person_id LEFT JOIN pack_people t ON t.id = d.to_person_id`,
  orderBy: "d.id",
};

export const overrides: PackTable = {
  name: "overrides",
  holds: "one item that two people let somebody review who is not independent of it: why they are not, who asked, who confirmed",
  columns: [
    plain("item_id", "o.item_id"),
    plain("reviewer_id", "o.person_id"),
    text("reviewer", "p.name"),
    words("not_independent", "o.reasons"),
    plain("request_id", "o.request_id"),
    text("asked_by", "a.name"),
    text("confirmed_by", "c.name"),
    text("reason", "o.reason"),
    instant("at", "o.at"),
  ],
  from: (
    campaign,
  ) => `FROM independence_overrides o LEFT JOIN pack_people p ON p.id = o.person_id LEFT JOIN pack_users a ON a.id = o.requested_by
    LEFT JOIN pack_users c ON c.id = o.confirmed_by WHERE o.campaign_id = ${campaign} AND ${covered("o")}`,
  orderBy: "o.item_id, o.id",
};
