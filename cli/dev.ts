import { serve } from "./serve.ts";

process.exit(await serve("dev", process.argv.slice(2)));
