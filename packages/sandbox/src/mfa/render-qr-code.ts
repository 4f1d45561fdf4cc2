// The picture that a person's phone reads a seed from: a QR code as PNG (PNG Specification, third edition).
import { crc32, deflateSync } from "node:zlib";
import { encode } from "uqr";

/** Pixels for each square. */
const SCALE = 4;
/** Greyscale, one byte for each pixel. */
const BIT_DEPTH = 8;

/** Returns a PNG of the QR code that stands for the text, with the quiet zone that readers need. */
export function renderQrCode(text: string): Buffer {
  const { data } = encode(text, { border: 4 });
  const size = data.length * SCALE;
  const rows = data.flatMap((squares) => {
    const pixels = squares.flatMap((dark) => Array<number>(SCALE).fill(dark ? 0 : 255));
    // Each row begins with its filter: 0, none.
    return Array<Buffer>(SCALE).fill(Buffer.from([0, ...pixels]));
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.writeUInt8(BIT_DEPTH, 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
