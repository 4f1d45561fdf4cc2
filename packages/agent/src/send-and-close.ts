// The last words to a client. Bytes that are secret are overwritten once the kernel has them.
import type { Socket } from "node:net";

/** A client that does not read for so long, in milliseconds, is cut off. */
const SLOW_AFTER_MS = 5000;

/** Sends text and closes. */
export function sendText(socket: Socket, text: string): void {
  close(socket, Buffer.from(text), () => undefined);
}

/** Sends secret bytes, overwrites them, and closes. */
export function sendSecret(socket: Socket, bytes: Buffer): void {
  close(socket, bytes, () => void bytes.fill(0));
}

function close(socket: Socket, bytes: Buffer, done: () => void): void {
  if (socket.destroyed) {
    done();
    return;
  }
  const timer = setTimeout(() => socket.destroy(), SLOW_AFTER_MS);
  socket.once("close", () => {
    clearTimeout(timer);
    done();
  });
  socket.end(bytes, () => {
    done();
    // Whatever the client still sends is not read: closing our side is all it needs.
    socket.destroySoon();
  });
}
