/** A text as an OData literal: in single quotes, its own quotes doubled (facts §3.4). */
const literal = (value: string) => `'${value.replaceAll("'", "''")}'`;

export const equals = (field: string, value: string): string => `${field} eq ${literal(value)}`;

/** Any of these values. CloudLink has no `in` operator; a chain of `or` is what its own operators use (facts §3.4). */
export const equalsAny = (field: string, values: readonly string[]): string =>
  values.map((value) => equals(field, value)).join(' or ');

/** Values in one chain at most: a longer one makes the URL longer than about 6 KB. */
export const CHAIN_LENGTH = 50;

/** All of these conditions; an alternative among them is put in parentheses. */
export const allOf = (conditions: readonly string[]): string | undefined => {
  if (conditions.length === 0) return undefined;
  return conditions.length === 1 ? conditions[0] : conditions.map((one) => `(${one})`).join(' and ');
};

/** Somebody's calls (facts §6.2), or any of several people's. */
export const involvesAny = (principalIds: readonly string[]): string =>
  principalIds.map((id) => `contains(principal,${literal(id)})`).join(' or ');

/** From one time to before another, of a field that holds ISO times. */
export const within = (field: string, from: Date | null, to: Date | null): readonly string[] => [
  ...(from === null ? [] : [`${field} ge ${literal(from.toISOString())}`]),
  ...(to === null ? [] : [`${field} lt ${literal(to.toISOString())}`]),
];
