import type {
  Change,
  ChangeKind,
  Interest,
  Notifications,
  ReadDelivery,
  UpstreamSubscription,
} from '../change.ts';
import { isResource, toDate, toInteger, toText, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import type { Http } from '../http.ts';
import { readParts } from '../read-parts.ts';
import { getAll } from './collection.ts';
import { readPublication } from './publication.ts';
import { readId, readResource } from './reply.ts';

/** A subscription that does not say how long it lives ends after a day. */
const LIFETIME_MS = 24 * 60 * 60 * 1000;

const toSubscription = (resource: Resource): UpstreamSubscription => ({
  id: readId(resource, 'subscriptionId'),
  expiresAt: toDate(resource['expiresOn'])?.getTime() ?? Date.now() + LIFETIME_MS,
});

export interface NotificationOptions {
  /** Which application it is for, by an id that stays the same (facts §8.1). */
  readonly applicationId: string;
  readonly snapshot: Notifications['snapshot'];
}

export const createNotifications = (
  notifications: Http,
  { applicationId, snapshot }: NotificationOptions,
): Notifications => {
  const path = ['subscriptions'];

  /** The same tuple again is the same subscription, which then lives longer. */
  const subscribe = async ({ topic, subject }: Interest, url: string): Promise<UpstreamSubscription> => {
    const json = { transport: 'webhook', topic, subjectFilter: subject, deviceId: url, applicationId };
    return toSubscription(
      readResource(await notifications.send({ method: 'POST', path, json, effect: 'write' })),
    );
  };

  return {
    subscribe,
    unsubscribe: async (id) => {
      try {
        await notifications.send({ method: 'DELETE', path: [...path, id], effect: 'write' });
        return true;
      } catch (error) {
        if (error instanceof UpstreamError && error.failure.code === 'NOT_FOUND') return false;
        throw error;
      }
    },
    list: async (_interest, urlPrefix) => {
      const toModel = (item: Resource) => ({
        id: readId(item, 'subscriptionId'),
        url: toText(item['deviceId']) ?? '',
      });
      const known = await getAll(notifications, { path, toModel, isFresh: true });
      return known.filter(({ url }) => url.startsWith(urlPrefix));
    },
    snapshot,
  };
};

const kinds: Readonly<Record<string, ChangeKind>> = {
  POST: 'CREATED',
  PUT: 'UPDATED',
  PATCH: 'UPDATED',
  DELETE: 'REMOVED',
};

/** The moment to order a subject's publications by: the content's own, else the notification's. */
const orderOf = (publication: Resource, content: Resource): number | null => {
  const notification = isResource(publication['notification']) ? publication['notification'] : {};
  return (
    toInteger(content['timestamp']) ??
    toDate(content['timestamp'])?.getTime() ??
    toDate(notification['createdOn'])?.getTime() ??
    null
  );
};

/** Subjects come with and without the version, and with and without a leading slash (facts §8.1, A-20). */
const withoutVersion = (subject: string) => subject.replace(/^\/?(?:20\d\d-\d\d-\d\d\/)?/, '');

const toChange = (publication: unknown, wanted: RegExp): readonly Change[] => {
  if (!isResource(publication)) throw new TypeError('a publication is not an object');
  const { content, publisher } = publication;
  const subject = toText(publication['subject']);
  if (subject === null || !isResource(content))
    throw new TypeError('a publication without subject or content');
  const path = withoutVersion(subject);
  // How subjects are filtered is not documented: what was not asked for is nobody's here (facts §8.1).
  if (!wanted.test(`/${path}`)) return [];
  const accountId = isResource(publisher) ? toText(publisher['accountId']) : null;
  const read = readPublication(path, content, accountId);
  if (read === null) return [];
  const order = orderOf(publication, content);
  return [
    {
      id: toText(publication['publicationId']),
      kind: kinds[toText(publication['method'])?.toUpperCase() ?? ''] ?? 'UPDATED',
      occurredAt: new Date(order ?? Date.now()),
      order,
      state: null,
      ...read,
    },
  ];
};

/** One publication, a list of them, or an object with a list. */
export const readDelivery: ReadDelivery = ({ subject }, body) => {
  const list = isResource(body) && Array.isArray(body['publications']) ? body['publications'] : body;
  const wanted = new RegExp(subject);
  return readParts(Array.isArray(list) ? list : [list], (publication) => toChange(publication, wanted));
};
