import { DateTime } from 'luxon';

/** The forms in which the vendor writes times (facts §4.3, §5.4). None carries a zone. */
const formats = ['yyyy-MM-dd HH:mm:ss', 'yyyy-MM-dd', 'MM/dd/yyyy H:m:s', 'MM/dd/yy H:m:s'];

/** The instant of a zone-less time in the provider's zone, or null where the text is no time. */
export const toInstant = (text: string | null, timeZone: string): Date | null => {
  if (text === null || text.startsWith('0000')) return null;
  const parsed = formats
    .map((format) => DateTime.fromFormat(text, format, { zone: timeZone }))
    .find(({ isValid }) => isValid);
  return parsed?.toJSDate() ?? null;
};
