// Numbers and dates as condition values. Source: IAM User Guide, "IAM JSON policy elements: Condition operators".

/** An exact decimal: `digits` scaled down by ten to the power of `scale`. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(\d{1,64})(?:\.(\d{1,64}))?$/;

/** Compares two integers or decimals exactly. Returns below, at or above 0, or `undefined` when either is none. */
export function compareNumbers(left: string, right: string): number | undefined {
  const a = parseDecimal(left);
  const b = parseDecimal(right);
  if (a === undefined || b === undefined) return undefined;
  const scale = Math.max(a.scale, b.scale);
  const difference = a.digits * 10n ** BigInt(scale - a.scale) - b.digits * 10n ** BigInt(scale - b.scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function parseDecimal(text: string): Decimal | undefined {
  const [whole, sign, integer, fraction = ""] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const digits = BigInt(`${integer}${fraction}`);
  return { digits: sign === "-" ? -digits : digits, scale: fraction.length };
}

/** Compares two moments. Returns below, at or above 0, or `undefined` when either is no date. */
export function compareDates(left: string, right: string): number | undefined {
  const a = parseDate(left);
  const b = parseDate(right);
  if (a === undefined || b === undefined) return undefined;
  return a - b;
}

// The W3C profile of ISO 8601 (https://www.w3.org/TR/NOTE-datetime): a time of day needs its zone.
const W3C_DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?)?)?$/;
const EPOCH_SECONDS = /^\d{5,12}(?:\.\d{1,9})?$/;

/** Returns milliseconds since 1970. Four digits are a year, more are epoch seconds. */
function parseDate(text: string): number | undefined {
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1000;
  const [whole, year, month = "01", day = "01", hour = "00", minute = "00", second = "00", fraction = "", zone = "Z"] =
    W3C_DATE.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const local = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // Date.parse rolls 31 February over into March.
  if (Number.isNaN(local) || new Date(local).getUTCDate() !== Number(day)) return undefined;
  const offset = parseZone(zone);
  return offset === undefined ? undefined : local + Number(`0${fraction}`) * 1000 - offset;
}

function parseZone(zone: string): number | undefined {
  if (zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
