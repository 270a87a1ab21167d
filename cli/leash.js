// Loaded into every program that the launcher starts: when the launcher is gone, however it died, so is the program.
// The programs' own children inherit this file but not the mark: their channels are not ours to watch.
if (process.channel && process.env.COUNTERSIGN_LEASH) {
  delete process.env.COUNTERSIGN_LEASH;
  process.once("disconnect", () => process.exit(0));
  process.channel.unref();
}
