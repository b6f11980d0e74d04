import type { Schema } from './validation.ts';

/** Pieces of body schemas that several nouns share. */
export const text: Schema = { type: 'string' };
export const flag: Schema = { type: 'boolean' };
export const languageCode: Schema = { type: 'string', pattern: '^[a-z]{2}(-[A-Z]{2})?$' };

const address: Schema = {
  type: 'object',
  properties: { country: text, street: text, city: text, stateOrProvince: text, zipCode: text },
};

export const location: Schema = { type: 'object', properties: { address } };

/** Fields that only the service writes: clients send back what they read, so these are accepted and ignored. */
export const readOnly = (...names: readonly string[]): Readonly<Record<string, Schema>> =>
  Object.fromEntries(
    [...names, 'createdOn', 'createdBy', 'modifiedOn', 'modifiedBy', '_links'].map((name) => [
      name,
      { type: 'readOnly' },
    ]),
  );
