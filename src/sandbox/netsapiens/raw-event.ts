import { flag, InputError, object, oneOf, optional, readFields, text } from '../input.ts';
import type { RawEvent } from './event-feed.ts';
import { models } from './event-record.ts';

/** An event as the control surface takes it; throws an InputError that says what is allowed. */
export const parseRawEvent = (value: unknown): RawEvent => {
  const {
    model,
    row,
    domain,
    user,
    all = false,
  } = readFields('the event', value, {
    model: oneOf(models),
    row: object,
    domain: optional(text),
    user: optional(text),
    all: optional(flag),
  });
  if (domain === undefined && !all)
    throw new InputError('"domain" of the event, or "all": true, must be given.');
  return {
    model,
    row: Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, String(cell)])),
    isForAll: all,
    ...(domain !== undefined && { domain }),
    ...(user !== undefined && { user }),
  };
};
