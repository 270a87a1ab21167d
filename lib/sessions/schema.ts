import { z } from "zod";

export const importEventsInput = z.strictObject({
  sourceId: z.uuid(),
  name: z
    .string()
    .min(1, "Give the file's name.")
    .max(255)
    .regex(/^[^\p{Cc}\p{Cf}/\\]+$/u, "A file name holds no slash and no control character."),
});
export type ImportEventsInput = z.infer<typeof importEventsInput>;
