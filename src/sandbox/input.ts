/** What somebody sent is not what is allowed. The message is one line that says what is. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** One value from outside: what it must be, in words that complete "must be …", and the check itself. */
export interface Field<T> {
  readonly expects: string;
  readonly accepts: (value: unknown) => value is T;
}

export interface OptionalField<T> extends Field<T> {
  readonly optional: true;
}

type ValueOf<F> = F extends Field<infer T> ? T : never;

/** What an object holds once its fields have been checked. */
export type Values<Fields> = {
  readonly [Name in keyof Fields as Fields[Name] extends OptionalField<unknown> ? never : Name]: ValueOf<
    Fields[Name]
  >;
} & {
  readonly [Name in keyof Fields as Fields[Name] extends OptionalField<unknown> ? Name : never]?: ValueOf<
    Fields[Name]
  >;
};

export const optional = <T>(field: Field<T>): OptionalField<T> => ({ ...field, optional: true });

export const text: Field<string> = {
  expects: 'a text',
  accepts: (value): value is string => typeof value === 'string',
};

export const flag: Field<boolean> = {
  expects: 'true or false',
  accepts: (value): value is boolean => typeof value === 'boolean',
};

export const json: Field<unknown> = {
  expects: 'a JSON value',
  accepts: (value): value is unknown => value !== undefined,
};

export const object: Field<Readonly<Record<string, unknown>>> = {
  expects: 'a JSON object',
  accepts: (value): value is Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null && !Array.isArray(value),
};

export const integer = (minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): Field<number> => ({
  expects: `a whole number from ${minimum} to ${maximum}`,
  accepts: (value): value is number =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum && value <= maximum,
});

export const integers: Field<readonly number[]> = {
  expects: 'a list of whole numbers from 0 on',
  accepts: (value): value is readonly number[] => Array.isArray(value) && value.every(integer(0).accepts),
};

export const oneOf = <T>(allowed: readonly T[]): Field<T> => ({
  expects: `one of ${allowed.map((value) => JSON.stringify(value)).join(', ')}`,
  accepts: (value): value is T => allowed.some((candidate) => candidate === value),
});

/** The value, or an InputError that names it. */
export const readField = <T>(name: string, value: unknown, field: Field<T>): T => {
  if (!field.accepts(value)) throw new InputError(`${name} must be ${field.expects}.`);
  return value;
};

/** The object with exactly these fields; an unknown, missing or wrong one is an InputError that says what is allowed. */
export const readFields = <Fields extends Readonly<Record<string, Field<unknown>>>>(
  name: string,
  value: unknown,
  fields: Fields,
): Values<Fields> => {
  const allowed = Object.keys(fields).join(', ') || 'none';
  if (!object.accepts(value))
    throw new InputError(`Expected ${name} as ${object.expects} with the fields: ${allowed}.`);
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
  if (unknown !== undefined)
    throw new InputError(`"${unknown}" is no field of ${name}; allowed are: ${allowed}.`);
  for (const [key, field] of Object.entries(fields)) {
    if (value[key] === undefined && 'optional' in field) continue;
    readField(`"${key}" of ${name}`, value[key], field);
  }
  return value as Values<Fields>;
};

/** A body of JSON; an empty one counts as an empty object. */
export const readJson = (body: Buffer): unknown => {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new InputError(`The body is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
};
