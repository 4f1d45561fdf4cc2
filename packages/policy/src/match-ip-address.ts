// IPv4 and IPv6 addresses and ranges in CIDR form. Source: IAM User Guide, "IAM JSON policy elements: Condition
// operators", IP address operators.

interface IpAddress {
  /** 4 or 6. */
  readonly version: number;
  readonly bits: bigint;
}

const WIDTH: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

/** Returns whether the address lies in the range, or `undefined` when either is malformed. */
export function matchIpAddress(address: string, range: string): boolean | undefined {
  const [base = "", prefix, ...rest] = range.split("/");
  const a = parseIpAddress(address);
  const b = parseIpAddress(base);
  if (a === undefined || b === undefined || rest.length > 0) return undefined;
  const width = WIDTH[b.version] ?? 0;
  // Without a prefix the range is that one address.
  const length = prefix === undefined ? width : parsePrefix(prefix, width);
  if (length === undefined) return undefined;
  // The same IPv4 address in two notations is neither equal nor different as far as AWS documents.
  if (a.version !== b.version) return isMapped(a) || isMapped(b) ? undefined : false;
  const ignored = BigInt(width - length);
  return a.bits >> ignored === b.bits >> ignored;
}

/** `::ffff:192.0.2.1`, as sockets that serve both versions write it (RFC 4291, 2.5.5.2). */
function isMapped({ version, bits }: IpAddress): boolean {
  return version === 6 && bits >> 32n === 0xffffn;
}

function parsePrefix(text: string, width: number): number | undefined {
  const length = /^(?:0|[1-9]\d{0,2})$/.test(text) ? Number(text) : Infinity;
  return length <= width ? length : undefined;
}

function parseIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(":")) {
    const bits = parseIpv4(text);
    return bits === undefined ? undefined : { version: 4, bits };
  }
  const bits = parseIpv6(text);
  return bits === undefined ? undefined : { version: 6, bits };
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let bits = 0n;
  for (const part of parts) {
    // No leading zeros: some readers take them for octal.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bits = (bits << 8n) | BigInt(part);
  }
  return bits;
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? "", halves.length === 1);
  const tail = groupsOf(halves[1] ?? "", true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  // "::" stands for at least one group of zeros.
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array<number>(missing).fill(0), ...tail].reduce(
    (bits, group) => (bits << 16n) | BigInt(group),
    0n,
  );
}

/** Returns 16-bit groups; the last may be written as an IPv4 address. */
function groupsOf(text: string, last: boolean): readonly number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const bits = last && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (bits === undefined) return undefined;
    groups.push(Number(bits >> 16n), Number(bits & 0xffffn));
  }
  return groups;
}
