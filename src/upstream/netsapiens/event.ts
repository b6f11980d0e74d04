import type { Change, Interest, Notifications, ReadDelivery, UpstreamSubscription } from '../change.ts';
import { isResource, toText, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import { readParts } from '../read-parts.ts';
import { isRemoved, readEvent } from './event-row.ts';
import type { Requests } from './request.ts';
import { toInstant, toLocalTime } from './time.ts';

/** Asked for in days, because short lives are miscalculated, and few, so that what a crash leaves behind ends soon (facts §6.2). */
const LIFETIME_MS = 2 * 24 * 60 * 60 * 1000;

/** The subject of an interest as the platform's parameters. */
const toScope = (subject: string): { readonly domain: string; readonly user: string } => {
  const at = subject.lastIndexOf('@');
  return { domain: subject.slice(at + 1), user: at < 0 ? '*' : subject.slice(0, at) };
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
  const subscribe = async ({ topic, subject }: Interest, url: string): Promise<UpstreamSubscription> => {
    const { domain, user } = toScope(subject);
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
    return { id: `${id}@${domain}`, expiresAt };
  };

  const unsubscribe = async (id: string): Promise<boolean> => {
    const at = id.lastIndexOf('@');
    try {
      await requests.write('event delete', { subscription_id: id.slice(0, at), domain: id.slice(at + 1) });
      return true;
    } catch (error) {
      if (error instanceof UpstreamError && error.failure.code === 'NOT_FOUND') return false;
      throw error;
    }
  };

  return {
    subscribe,
    unsubscribe,
    list: async ({ subject }, urlPrefix) => {
      const { domain } = toScope(subject);
      return (await listAll(domain)).flatMap((row) => {
        const [id, url] = [idOf(row), toText(row['post_url']) ?? ''];
        return id !== null && url.startsWith(urlPrefix) ? [{ id: `${id}@${domain}`, url }] : [];
      });
    },
    snapshot,
  };
};

const toChange = ({ topic, subject }: Interest, row: unknown, timeZone: string): readonly Change[] => {
  if (!isResource(row)) throw new TypeError('an event is not an object');
  const read = readEvent(topic, row, { ...toScope(subject), timeZone });
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
