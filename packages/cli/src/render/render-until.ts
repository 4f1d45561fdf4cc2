// Until when something is good, as people say it: how long from now, and what the clock will show.
import { renderTimeLeft } from "./render-table.js";

const two = (number: number): string => String(number).padStart(2, "0");

/** Returns `for 59 min, until 13:42`, with the day where it is another one. In the machine's own time. */
export const renderUntil = (expiration: Date, now: number): string => {
  const today = new Date(now);
  const clock = `${two(expiration.getHours())}:${two(expiration.getMinutes())}`;
  const isToday = expiration.toDateString() === today.toDateString();
  const day = `${expiration.getFullYear()}-${two(expiration.getMonth() + 1)}-${two(expiration.getDate())} `;
  const left = renderTimeLeft(expiration.getTime() - now);
  return left === "expired" ? left : `for ${left}, until ${isToday ? "" : day}${clock}`;
};
