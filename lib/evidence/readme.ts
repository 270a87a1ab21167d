/** README.txt of a pack: what is in it, and how to check it with our verifier, with another one, or by hand. */
export function readmeText({ fingerprint }: { fingerprint: string }): string {
  return `Countersign evidence pack
=========================

Open report.html to read it. The same facts are in CSV for spreadsheets and in JSON for programs. What could not be proven is in gaps.txt.


Verify it
---------
You need Node 20 or newer and nothing else, no network:

  unzip -p PACK.zip verify.mjs > verify.mjs
  node verify.mjs PACK.zip --key sha256:<fingerprint>

Exit code 0 means verified, 1 refused, 2 not asked properly. This pack is signed by

  ${fingerprint}

Compare that with a fingerprint that you got another way: whoever could sign a false pack could also print a false fingerprint here. For the
same reason take the verifier from a place that you trust, if you can; it is the same file in every pack of a version.


Verify it by hand
-----------------
  unzip PACK.zip -d pack && cd pack
  openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in manifest.json -sigfile manifest.sig
  sha256sum items.csv        (and so on: each must be the sha256 in manifest.json)


What is inside
--------------
manifest.json          kind, subject, the list of files with SHA-256, size, SHA-256 of each block of 64 KiB, rows; RFC 8785 text
manifest.sig           64 bytes: the Ed25519 signature of manifest.json
public-key.pem         the key that made it
gaps.txt, gaps.json    what could not be proven, in words
report.html            everything to be read and printed; at its end stands what each of the other files holds
audit/events.jsonl     the events of the audit log that belong to this pack, in order of the log
audit/proofs.jsonl     hashes of the parts of the log that are not in this pack
audit/checkpoint.txt   a signed commitment to the whole log (C2SP tlog-checkpoint, a signed note)
verify.mjs             the verifier

The container is a ZIP without compression, files in order of name, dated 1980: one content has one sequence of bytes, and the verifier
refuses any other.

.csv     UTF-8, RFC 4180, lines end with a line feed. A cell that a spreadsheet would run as a formula starts with an apostrophe; the JSON has it unchanged.
.json    tables are lists with one record a line. Items are in order of id; decisions in order of item, then version.
.jsonl   one record a line.


How the log is proven
---------------------
A leaf is SHA-256 of a zero byte and the RFC 8785 text of {"body", "event_id", "recorded_at"} as they stand in audit/events.jsonl, body as a
string. The tree is that of RFC 9162. A line of audit/proofs.jsonl is the hash of a complete subtree: "index" counts subtrees of 2^level
leaves from the left. Those and the leaves of the events, put together from left to right, give the root in audit/checkpoint.txt. To have
the RFC 9162 inclusion proof of a single event: node verify.mjs PACK.zip --proof EVENT_ID

A personal value stands in a body as {"$commitment": "sha256:..."}: SHA-256 of the RFC 8785 text of {"domain": "countersign-commitment-v1",
"path", "salt", "value"}. "reveal" on an event's line gives path (a JSON pointer into the body), salt and value, as long as they are kept.
`;
}
