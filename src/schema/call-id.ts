import { badInput } from '../input.ts';
import { keyOf } from '../global-id.ts';

/** The ids that CloudLink itself gives to calls, of which there are three (facts §6.3). */
const upstreamIds: readonly (readonly [RegExp, string])[] = [
  [/^endpoints\/[^/]+\/calls\/.+$/, "CloudLink's path of a live call"],
  [/^\d{1,19}$/, 'a bare call id of the PBX'],
  [/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i, "CloudLink's own id of a call record or recording"],
];

/** The key in an id of one kind of call. An id of another kind is refused with a sentence that names both. */
export const callKeyOf = (typename: 'LiveCall' | 'CallRecord', id: string, argument: string): string => {
  const [, what] = upstreamIds.find(([pattern]) => pattern.test(id)) ?? [];
  if (what !== undefined) throw badInput(argument, `must be the \`id\` of a ${typename}, not ${what}.`);
  return keyOf(typename, id, argument);
};

/** A part of a key that may be any visible ASCII text: CloudLink does not say what its ids are made of. */
const PART = '[!-.0-~]{1,64}';

/** One or two such parts; the last may hold slashes. */
export const visibleKey = (parts: 1 | 2): RegExp =>
  new RegExp(parts === 1 ? `^${PART}$` : `^${PART}/[!-~]{1,128}$`);
