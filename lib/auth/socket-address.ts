import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

/**
 * Appends the address that each connection truly comes from to X-Forwarded-For: Next keeps what the caller wrote there, and limits and audit
 * would believe it. address.ts reads the header from the right.
 */
export function tellSocketAddresses(): void {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    const address = request.socket.remoteAddress;
    if (!address) return;
    const told = request.headers["x-forwarded-for"];
    request.headers["x-forwarded-for"] = told ? `${told}, ${address}` : address;
  });
}
