import "server-only";
import { hash, verify } from "@node-rs/argon2";

/** OWASP's least for argon2id: 19 MiB, two passes, one lane. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of a password that nobody knows, with the parameters above: checking it costs an unknown account what a known one costs. */
const NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$BJi1tQLaUnGSjSXM+VOMBA$M8Gs2albhTRHNUYphl0DHUf9T5fB46z20hJvT7P2HoU";

export const hashPassword = (password: string): Promise<string> => hash(password.normalize("NFC"), ARGON2ID);

/** One argon2 run whatever `stored` is: users who do not exist, or have no password here, take as long as those who do. */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  const isRight = await verify(stored ?? NOBODYS, password.normalize("NFC"));
  return stored !== null && isRight;
}
