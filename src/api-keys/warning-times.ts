const DAY = 86_400_000;
/** Before its end, the longest first. */
const WARNING_DAYS = [30, 7, 1];

/** When the owner of a key is to be told next that it will end; null: that was told for the last time. */
export function nextWarningAt(expiresAt: Date, now: Date): Date | null {
  const times = WARNING_DAYS.map((days) => expiresAt.getTime() - days * DAY);
  const next = times.find((time) => time > now.getTime());
  return next === undefined ? null : new Date(next);
}
