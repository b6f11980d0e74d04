import { badInput, sendableText } from '../input.ts';

/** What a change costs beside itself, because the platform answers before it has acted (facts §3.3). */
export const UNTIL_IT_SHOWS =
  'one for each look at whether the change shows: up to five within 3.5 seconds, then ACCEPTED_NOT_VISIBLE.';

/** The longest text that is taken where nothing else is said. */
export const LONGEST_TEXT = 256;

/** A text to set: undefined leaves it as it is, null takes it away. */
export const optionalText = (
  argument: string,
  value: string | null | undefined,
  longest = LONGEST_TEXT,
): string | undefined => {
  if (value === undefined) return undefined;
  return value === null ? '' : sendableText(argument, value, longest);
};

/** What can be changed but not taken away. */
export const notNull = <Value>(argument: string, value: Value | null | undefined): Value | undefined => {
  if (value === null) throw badInput(argument, 'cannot be taken away: leave it out to keep it as it is.');
  return value;
};

/** A whole number from nought, which can be changed but not taken away. */
export const optionalCount = (argument: string, value: number | null | undefined): number | undefined => {
  const count = notNull(argument, value);
  if (count !== undefined && count < 0) throw badInput(argument, `must be 0 or more, not ${count}.`);
  return count;
};

/** A number as it is dialled: upstream keeps several of them apart by blanks. */
export const dialledNumber = (argument: string, value: string): string => {
  if (!/^[^\s\p{Cc},;]{1,128}$/u.test(value) || !value.isWellFormed()) {
    throw badInput(
      argument,
      'must be a number or address as it is dialled: 1 to 128 characters without blanks.',
    );
  }
  return value;
};

/** Refuses a change of nothing, which would only look like one. */
export const refuseNoChange = (change: Readonly<Record<string, unknown>>, argument = 'input'): void => {
  if (Object.values(change).every((value) => value === undefined)) {
    throw badInput(argument, 'must hold something to change.');
  }
};
