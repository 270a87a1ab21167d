import { serve } from "./serve.ts";

process.exit(await serve("start", process.argv.slice(2)));
