import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';

/** The user part of a SIP address, or the text itself. Platforms give numbers in either form. */
const withoutScheme = (text: string) => /^<?(?:sips?|tel):([^@;>]+)/i.exec(text.trim())?.[1] ?? text.trim();

/** Seven digits is the shortest that is dialled outside; fewer are an extension, which has no E.164 form. */
const MIN_DIGITS = 7;

/** Where numbers are dialled that do not tell: neither platform says it of its calls, and the legacy one is at home here. */
export const HOME_COUNTRY: CountryCode = 'US';

/**
 * A phone number in E.164, such as `+12125550188`, or null for an extension and for what is no number. A number without
 * a plus is read as the legacy platform writes it, country code first, or else as dialled in `country`. One with a plus
 * is in E.164 already, so that it need not be in use to be one.
 */
export const toE164 = (text: string | null, country: CountryCode = HOME_COUNTRY): string | null => {
  const number = withoutScheme(text ?? '');
  if (number.replaceAll(/\D/g, '').length < MIN_DIGITS || /[a-z]/i.test(number)) return null;
  const readings = number.startsWith('+') ? [number] : [number, `+${number}`];
  const valid = readings
    .map((reading) => parsePhoneNumberFromString(reading, country))
    .find((parsed) => (number.startsWith('+') ? parsed?.isPossible() : parsed?.isValid()));
  return valid?.number ?? null;
};

/** Digits as they are shown where there is no E.164 form: an extension without its SIP clothes. */
export const toDialled = (text: string | null): string | null => withoutScheme(text ?? '') || null;
