/** A text as an OData literal: in single quotes, its own quotes doubled (facts §3.4). */
const literal = (value: string) => `'${value.replaceAll("'", "''")}'`;

export const equals = (field: string, value: string): string => `${field} eq ${literal(value)}`;

/** Any of these values. CloudLink has no `in` operator; a chain of `or` is what its own operators use (facts §3.4). */
export const equalsAny = (field: string, values: readonly string[]): string =>
  values.map((value) => equals(field, value)).join(' or ');

/** Values in one chain at most: a longer one makes the URL longer than about 6 KB. */
export const CHAIN_LENGTH = 50;
