import { builder } from '../builder.ts';

export interface EnumValue {
  /** The platform's own word. */
  readonly wire: string;
  readonly description: string;
}

/**
 * An enum over values that a platform may extend at any time. A value that is not listed becomes `UNKNOWN`, never an
 * error; the platform's own word is beside it in a field of its own.
 */
export const openEnum = <const Name extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Name, EnumValue>>,
) => {
  const names = Object.keys(values) as Name[];
  const listed = Object.fromEntries(names.map((key) => [key, { description: values[key].description }]));
  const type = builder.enumType(name, {
    description: `${description} Open: the platform may add values, which read as UNKNOWN.`,
    values: {
      ...listed,
      UNKNOWN: { description: 'A value this schema does not list; see the field with the raw text.' },
    } as Record<Name | 'UNKNOWN', { description: string }>,
  });
  /** The listed values alone: what a client may write. */
  const closed = (closedName: string, closedDescription: string) =>
    builder.enumType(closedName, {
      description: closedDescription,
      values: listed as Record<Name, { description: string }>,
    });
  const byWire = new Map(names.map((key) => [values[key].wire.toLowerCase(), key]));
  return {
    type,
    closed,
    /** The listed value for the platform's word, `UNKNOWN` for another one, null for none. */
    read: (wire: string | null): Name | 'UNKNOWN' | null =>
      wire === null ? null : (byWire.get(wire.toLowerCase()) ?? 'UNKNOWN'),
    /** The platform's word for a listed value; none for `UNKNOWN`. */
    write: (value: Name | 'UNKNOWN'): string | null => (value === 'UNKNOWN' ? null : values[value].wire),
  };
};
