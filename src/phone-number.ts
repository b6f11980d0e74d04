import { isSupportedCountry, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';

/** A country by its two letters in ISO 3166, such as `US`. */
export type Country = CountryCode;

/** Whether these two letters are a country whose telephone numbers are known. */
export const isCountry = (text: string): text is Country => isSupportedCountry(text);

/** The user part of a SIP address, or the text itself. Platforms give numbers in either form. */
const withoutScheme = (text: string) => /^<?(?:sips?|tel):([^@;>]+)/i.exec(text.trim())?.[1] ?? text.trim();

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');

/** Seven digits is the shortest that is dialled outside; fewer are an extension, which has no E.164 form. */
const MIN_DIGITS = 7;

/** How a number is read, for descriptions. */
export const E164_RULE =
  'A number without a plus is read as it is dialled inside the setting HOME_COUNTRY, trunk prefix included; or else with a ' +
  'country code first, after `00` or without; or else as one of HOME_COUNTRY that lacks its trunk prefix.';

/**
 * A phone number in E.164, such as `+12125550188`, or null for an extension and for what is no number. Neither platform
 * tells the country of a number without a plus: {@link E164_RULE} says how it is read. One with a plus is in E.164
 * already, so that it need not be in use to be one.
 */
export const toE164 = (text: string | null, home: Country): string | null => {
  const number = withoutScheme(text ?? '');
  if (digitsOf(number).length < MIN_DIGITS || /[a-z]/i.test(number)) return null;
  if (number.startsWith('+')) {
    const parsed = parsePhoneNumberFromString(number);
    return parsed?.isPossible() === true ? parsed.number : null;
  }
  const parse = (reading: string) => {
    const parsed = parsePhoneNumberFromString(reading, home);
    return parsed?.isValid() === true ? parsed : null;
  };
  const atHome = parse(number);
  if (atHome !== null && digitsOf(atHome.formatNational()) === digitsOf(number)) return atHome.number;
  return (parse(`+${number.replace(/^00/, '')}`) ?? atHome)?.number ?? null;
};

/** Digits as they are shown where there is no E.164 form: an extension without its SIP clothes. */
export const toDialled = (text: string | null): string | null => withoutScheme(text ?? '') || null;
