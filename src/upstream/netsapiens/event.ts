import type { Change, Interest, Notifications, ReadDelivery, UpstreamSubscription } from '../change.ts';
import { isResource, toText, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import { readParts } from '../read-parts.ts';
import { isRemoved, readEvent } from './event-row.ts';
import type { Requests } from './request.ts';
import { toInstant, toLocalTime } from './time.ts';

/** Asked for in days, because short lives are miscalculated, and few, so that what a crash leaves behind ends soon (facts §6.2). */
const LIFETIME_MS = 2 * 24 * 60 * 60 * 1000;

/** Whose an interest is, as the platform's parameters. */
const toScope = ({
  of: [domain = '', user = '*'],
}: Interest): { readonly domain: string; readonly user: string } => ({ domain, user });

/** The domain goes with the id of a subscription, since both are needed to remove it. A domain holds no slash. */
const joinId = (domain: string, id: string): string => `${domain}/${id}`;

const splitId = (joined: string): { readonly domain: string; readonly subscription_id: string } => {
  const slash = joined.indexOf('/');
  return { subscription_id: joined.slice(slash + 1), domain: joined.slice(0, slash) };
};

/** Documented and observed names of the id differ (facts §6.1). */
const idOf = (row: Resource | undefined): string | null =>
  toText(row?.['subscription_id']) ?? toText(row?.['id']);

export interface EventOptions {
  readonly timeZone: string;
  readonly snapshot: Notifications['snapshot'];
}

export const createEvents = (requests: Requests, { timeZone, snapshot }: EventOptions): Notifications => {
  const listAll = (domain: string) => requests.readAnew('event read', { domain });

  /** There is no update: asked again, there are two, and the former is removed when the new one is there (facts §6.2). */
  const subscribe = async (interest: Interest, url: string): Promise<UpstreamSubscription> => {
    const { topic } = interest;
    const { domain, user } = toScope(interest);
    const expiresAt = Date.now() + LIFETIME_MS;
    const rows = await requests.write('event create', {
      model: topic,
      post_url: url,
      domain,
      user,
      expires: toLocalTime(new Date(expiresAt), timeZone),
    });
    // Some builds accept it with an empty answer: then it is looked for (facts §6.1).
    const mine = (row: Resource) => toText(row['post_url']) === url && toText(row['model']) === topic;
    const id = idOf(rows[0]) ?? idOf((await listAll(domain)).findLast(mine));
    if (id === null) {
      throw new UpstreamError({
        code: 'UPSTREAM_PROTOCOL',
        platform: 'subscriber',
        message: 'The subscriber API accepted an event subscription that it does not list.',
      });
    }
    return { id: joinId(domain, id), expiresAt };
  };

  const unsubscribe = async (id: string): Promise<boolean> => {
    try {
      await requests.write('event delete', splitId(id));
      return true;
    } catch (error) {
      if (error instanceof UpstreamError && error.failure.code === 'NOT_FOUND') return false;
      throw error;
    }
  };

  return {
    subscribe,
    unsubscribe,
    list: async (interest, urlPrefix) => {
      const { domain } = toScope(interest);
      return (await listAll(domain)).flatMap((row) => {
        const [id, url] = [idOf(row), toText(row['post_url']) ?? ''];
        return id !== null && url.startsWith(urlPrefix) ? [{ id: joinId(domain, id), url }] : [];
      });
    },
    snapshot,
  };
};

const toChange = (interest: Interest, row: unknown, timeZone: string): readonly Change[] => {
  if (!isResource(row)) throw new TypeError('an event is not an object');
  const read = readEvent(interest.topic, row, { ...toScope(interest), timeZone });
  if (read === null) return [];
  // The platform's own clock where it tells it; seconds at best (facts §6.4).
  const order = [row['ts'], row['time_refresh'], row['last_update']]
    .map((time) => toInstant(toText(time), timeZone)?.getTime() ?? null)
    .find((time) => time !== null);
  return [
    {
      id: null,
      kind: isRemoved(row) ? 'REMOVED' : 'UPDATED',
      occurredAt: new Date(order ?? Date.now()),
      order: order ?? null,
      state: null,
      ...read,
    },
  ];
};

/** A list of rows, or a single one (facts §6.4). */
export const createReadDelivery =
  (timeZone: string): ReadDelivery =>
  (interest, body) =>
    readParts(Array.isArray(body) ? body : [body], (row) => toChange(interest, row, timeZone));
