import type { HistorySides } from '../call-history.ts';
import type { Context } from '../context.ts';
import { keyOf, splitKey } from '../global-id.ts';
import { notFound } from '../input.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';
import { readDetailsOf, readRecordsOf } from './call-history-read.ts';
import { doubtOf, nameOfSubscriber, nameOfUser } from './link.ts';
import { findPerson, ROW_FIELDS } from './person-half.ts';

/** Somebody by the names that the platforms have for them, each found out when it is needed. */
export interface PersonTarget {
  readonly principalId: () => Promise<string | null>;
  readonly subscriber: () => Promise<SubscriberKey | null>;
  /** Throws where there is nobody. */
  readonly requireSomebody?: () => Promise<void>;
}

/**
 * The calls of one person. A platform that does not know them has none; one of which it cannot be said who they are there
 * fails, for what it would tell is missing.
 */
export const sidesOfPerson = (
  { principalId, subscriber, requireSomebody }: PersonTarget,
  withLegs: boolean,
  context: Context,
): HistorySides => ({
  cloudlink: async () => {
    const id = await principalId();
    if (id !== null) return readRecordsOf(id, context);
    const key = await subscriber();
    const doubt = key && doubtOf(nameOfSubscriber(key), context);
    if (doubt) throw new UpstreamError({ ...doubt, platform: 'cloudlink' });
    return null;
  },
  subscriber: async () => {
    const key = await subscriber();
    if (key !== null) return readDetailsOf(key, withLegs, context);
    const id = await principalId();
    const doubt = id && doubtOf(nameOfUser({ id }), context);
    if (doubt) throw new UpstreamError({ ...doubt, platform: 'subscriber' });
    return null;
  },
  ...(requireSomebody && { requireSomebody }),
});

/** Somebody by their `id`. A half that it does not name is looked for: it may have been made while a platform failed. */
export const toPersonTarget = (id: string, context: Context, argument = 'person'): PersonTarget => {
  const [user = '', subscriber = ''] = keyOf('Person', id, argument).split(',');
  const find = () => {
    const key = { user: user || null, subscriber: subscriber || null };
    return findPerson(key, { fields: new Set(ROW_FIELDS), context, path: [] });
  };
  const findOne = async () => {
    const found = await find();
    return found === 'different' ? null : found;
  };
  return {
    principalId: async () =>
      user === '' ? ((await (await findOne())?.user())?.id ?? null) : splitKey(user)[1],
    subscriber: async () => {
      if (subscriber === '') return (await (await findOne())?.subscriber()) ?? null;
      const [domain, name] = splitKey(subscriber);
      return { domain, user: name };
    },
    requireSomebody: async () => {
      // Where a platform does not say, there may be somebody.
      const found = await find().catch((error: unknown) => {
        if (error instanceof UpstreamError) return error;
        throw error;
      });
      if (found === null) throw notFound(argument, 'is the id of nobody whom either platform knows.');
    },
  };
};
