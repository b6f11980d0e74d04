import { builder } from '../builder.ts';
import { isGiven, sendableText } from '../input.ts';
import type { NewAddress } from '../upstream/cloudlink/account.ts';

const LONGEST_PART = 256;

export const AddressInput = builder.inputType('AddressInput', {
  description:
    'A postal address. It takes the place of the old one as a whole, so that a part left out, or null, is empty then (assumed).',
  fields: (t) => ({
    street: t.string({ description: 'Street and number.' }),
    city: t.string({ description: 'City.' }),
    stateOrProvince: t.string({ description: 'State or province.' }),
    postalCode: t.string({ description: 'Postal code.' }),
    country: t.string({ description: 'Country, usually its two-letter code.' }),
  }),
});

/** An address as it may be sent; undefined where there is none. */
export const toNewAddress = (
  input: typeof AddressInput.$inferInput | null | undefined,
): NewAddress | undefined => {
  if (!isGiven(input)) return undefined;
  const part = (name: keyof NewAddress) => {
    const value = input[name];
    return isGiven(value) ? sendableText(`address.${name}`, value, LONGEST_PART) : null;
  };
  return {
    street: part('street'),
    city: part('city'),
    stateOrProvince: part('stateOrProvince'),
    postalCode: part('postalCode'),
    country: part('country'),
  };
};
