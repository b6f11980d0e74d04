/**
 * The wait that a `Retry-After` header asks for, in milliseconds, in either of its forms: seconds, or the HTTP date
 * that CloudLink sends (facts §3.7). Undefined where there is none or it cannot be read.
 */
export const parseRetryAfter = (value: string | undefined, now: number): number | undefined => {
  const text = value?.trim();
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // A date must name its month, or `Date.parse` would take "-1" for a year.
  const date = /[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};
