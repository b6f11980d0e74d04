const FORM =
  /^(\d{4}-\d{2}-\d{2})(?:T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))?$/;

/** What {@link parseDateTime} takes, for whoever gave something else. */
export const DATE_TIME_FORM =
  'a date such as 2026-11-02, or a time in ISO 8601 with Z or an offset, such as 2026-11-02T09:20:00.000Z';

/**
 * The instant that a text names beyond doubt: a date, which is its first instant in UTC, or a time with its zone. Null for
 * any other, also for a day that there is not, which would be read as one of the next month.
 */
export const parseDateTime = (text: string): Date | null => {
  const [, day] = FORM.exec(text) ?? [];
  if (day === undefined) return null;
  const midnight = new Date(`${day}T00:00:00Z`);
  const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  return isDay ? new Date(text) : null;
};
