import { DateTime } from 'luxon';
import { toText } from '../decode.ts';

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

/** A time of the vendor: the instant it most likely means, and what was really sent. */
export interface ZonelessTime {
  readonly instant: Date | null;
  readonly text: string;
}

/** A zone-less time with its text, or null where there is none. */
export const toZonelessTime = (value: unknown, timeZone: string): ZonelessTime | null => {
  const text = toText(value);
  return text === null ? null : { instant: toInstant(text, timeZone), text };
};

/** The widest window in the vendor's words that surely holds both instants: whole seconds in the provider's zone. */
export const toWindow = (
  from: Date,
  to: Date,
  timeZone: string,
): { start_date: string; end_date: string } => {
  const print = (instant: Date, outwards: -1 | 1) => {
    const whole = outwards === 1 ? Math.ceil(instant.getTime() / 1000) : Math.floor(instant.getTime() / 1000);
    const local = DateTime.fromSeconds(whole, { zone: timeZone });
    // Where clocks are set back an hour is told twice, and the platform may mean either.
    const isTwice = local.getPossibleOffsets().length > 1;
    return local.plus({ hours: isTwice ? 2 * outwards : 0 }).toFormat('yyyy-MM-dd HH:mm:ss');
  };
  return { start_date: print(from, -1), end_date: print(to, 1) };
};

/** An instant in the vendor's words, in the provider's zone. */
export const toLocalTime = (instant: Date, timeZone: string): string =>
  DateTime.fromJSDate(instant, { zone: timeZone }).toFormat('yyyy-MM-dd HH:mm:ss');
