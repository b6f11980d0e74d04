import { keyOf, splitKey } from '../global-id.ts';
import { badInput, sendableText } from '../input.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';

/** The longest text that is taken where nothing else is said. */
export const LONGEST_TEXT = 256;

/** The subscriber that an id names. */
export const subscriberKeyOf = (id: string, argument: string): SubscriberKey => {
  const [domain, user] = splitKey(keyOf('Subscriber', id, argument));
  return { domain, user };
};

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
export const refuseNoChange = (change: Readonly<Record<string, unknown>>): void => {
  if (Object.values(change).every((value) => value === undefined)) {
    throw badInput('input', 'must hold something to change.');
  }
};
