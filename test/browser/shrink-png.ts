// Makes Chromium's screenshots small enough to be checked in: at most 256 colours, one byte for each pixel.
// PNG (Portable Network Graphics) Specification, third edition: chunks, filters, colour types.
import { crc32, deflateSync, inflateSync } from "node:zlib";

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Three bytes for each pixel. */
  readonly rgb: Buffer;
}

/** Returns the picture as an indexed PNG. Throws for other forms than Chromium's: 8 bits, RGB or RGBA, not interlaced. */
export function shrinkPng(png: Buffer): Buffer {
  const { width, height, rgb } = readPixels(png);
  const seen = new Map<number, number>();
  for (let at = 0; at < rgb.length; at += 3) {
    const colour = rgb.readUIntBE(at, 3);
    seen.set(colour, (seen.get(colour) ?? 0) + 1);
  }
  const palette = [...seen].toSorted(([, left], [, right]) => right - left).map(([colour]) => colour);
  const kept = palette.slice(0, 256);
  const indexes = new Map(palette.map((colour, index) => [colour, index < 256 ? index : nearest(kept, colour)]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    rows[pixel + Math.floor(pixel / width) + 1] = indexes.get(rgb.readUIntBE(pixel * 3, 3)) ?? 0;
  }
  const header = Buffer.from(png.subarray(16, 29));
  header[9] = 3;
  const colours = Buffer.alloc(kept.length * 3);
  for (const [index, colour] of kept.entries()) colours.writeUIntBE(colour, index * 3, 3);
  const chunks = [chunk("IHDR", header), chunk("PLTE", colours), chunk("IDAT", deflateSync(rows, { level: 9 }))];
  return Buffer.concat([png.subarray(0, 8), ...chunks, chunk("IEND", Buffer.alloc(0))]);
}

function readPixels(png: Buffer): Pixels {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const bytes = { 2: 3, 6: 4 }[png.readUInt8(25)];
  if (bytes === undefined || png.readUInt8(24) !== 8 || png.readUInt8(28) !== 0) throw new Error("not Chromium's PNG");
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") {
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
    }
  }
  const data = inflateSync(Buffer.concat(parts));
  const stride = width * bytes;
  const rgb = Buffer.alloc(width * height * 3);
  let above = Buffer.alloc(stride);
  for (let row = 0; row < height; row++) {
    const start = row * (stride + 1);
    const line = unfilter(
      data.readUInt8(start),
      Buffer.from(data.subarray(start + 1, start + 1 + stride)),
      above,
      bytes,
    );
    for (let x = 0; x < width; x++) line.copy(rgb, (row * width + x) * 3, x * bytes, x * bytes + 3);
    above = line;
  }
  return { width, height, rgb };
}

function unfilter(filter: number, line: Buffer<ArrayBuffer>, above: Buffer, bytes: number): Buffer<ArrayBuffer> {
  for (let x = 0; x < line.length; x++) {
    const left = x < bytes ? 0 : (line[x - bytes] ?? 0);
    const up = above[x] ?? 0;
    const corner = x < bytes ? 0 : (above[x - bytes] ?? 0);
    const guess = [0, left, up, Math.floor((left + up) / 2), paeth(left, up, corner)][filter] ?? 0;
    line[x] = ((line[x] ?? 0) + guess) % 256;
  }
  return line;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function nearest(palette: readonly number[], colour: number): number {
  const distances = palette.map((one) =>
    [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((colour >> shift) & 255)) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
