// Loaded into every program that the launcher starts: when the launcher is gone, however it died, so is the program.
if (process.channel) {
  process.once("disconnect", () => process.exit(0));
  process.channel.unref();
}
