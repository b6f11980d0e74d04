import { flag, object, optional, readFields, text, InputError } from '../input.ts';
import type { RawPublication } from './notifier.ts';

const methods: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** A publication as the control surface takes it; throws an InputError that says what is allowed. */
export const parseRawPublication = (value: unknown): RawPublication => {
  const {
    topic,
    subject,
    method = 'PUT',
    content = {},
    accountId,
    all = false,
  } = readFields('the event', value, {
    topic: text,
    subject: text,
    method: optional(text),
    content: optional(object),
    accountId: optional(text),
    all: optional(flag),
  });
  if (!methods.has(method)) throw new InputError(`"method" must be one of ${[...methods].join(', ')}.`);
  return { topic, subject, method, content, isForAll: all, ...(accountId !== undefined && { accountId }) };
};
