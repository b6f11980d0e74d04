import { createHmac, randomUUID } from 'node:crypto';
import type { Switches } from '../switches.ts';
import { topics, type Announcement } from './announcement.ts';
import { toIso } from './live-call.ts';
import type { Publishable, Subscription } from './subscription-record.ts';
import { VERSION } from './version.ts';

/** What is posted, but for the subscription that it is posted to (facts §8.2). */
export interface Publication extends Publishable {
  readonly publicationId: string;
  readonly content: object;
  readonly publisher: object;
  readonly notification: { readonly createdOn: string; readonly correlationId: string };
}

const SERVICE = 'platform-api-mediaservice-us-west-2-000000000000-us';

/** How long the media service takes with an event of the PBX. */
const RECEIVED_MS = 5;
const PROCESSED_MS = 10;

/** The times of the stages of an event and the service that they were in; only the media service tells them. */
const toStages = (timestamp: number) => ({
  mediaReceivedTimestamp: timestamp + RECEIVED_MS,
  mediaEventProcessedTimestamp: timestamp + PROCESSED_MS,
  deviceId: SERVICE,
});

/** Every publication has an id and a time of its own, so that each can be told apart and put in order. */
export const toPublication = (
  event: Publishable & Pick<Publication, 'content' | 'publisher'> & { readonly eventType?: string },
  now: number,
  timestamp: number,
): Publication => {
  const { topic, method, subject, content, publisher, eventType } = event;
  return {
    publicationId: randomUUID(),
    topic,
    method,
    subject,
    content: {
      ...(eventType !== undefined && { eventType }),
      eventId: randomUUID(),
      timestamp,
      ...(topic === topics.media && toStages(timestamp)),
      ...content,
    },
    publisher,
    notification: { createdOn: toIso(now), correlationId: randomUUID() },
  };
};

const linksOf = ({ _links: links }: Announcement['content']) => links;

/** The subject is the resource's own address; that of chat has no version where the switch says so. */
export const toSubject = ({ topic, content }: Announcement, switches: Readonly<Switches>): string => {
  const { self } = linksOf(content);
  const isBare = topic === topics.conversations && switches.cloudlinkChatSubject === 'bare';
  return isBare ? self.replace(`/${VERSION}`, '') : self;
};

/** The resource as the content of a publication, a message in its `body` where the switch says so. */
export const toContent = (
  { eventType, content }: Announcement,
  switches: Readonly<Switches>,
): Publication['content'] =>
  eventType === 'MessageNotification' && switches.cloudlinkChatContent === 'nested'
    ? { body: content, _links: linksOf(content) }
    : content;

/** The bodies of deliveries to a subscription: one publication as it is, or a list, signed where asked. */
export const createWriter =
  ({ applicationId }: Subscription, switches: Readonly<Switches>) =>
  (publications: readonly object[]) => {
    const isList = switches.cloudlinkPublications === 'list' || publications.length > 1;
    const body = JSON.stringify(isList ? { publications } : publications[0]);
    const signature = () => createHmac('sha256', applicationId).update(body).digest('hex');
    return {
      body,
      ...(switches.cloudlinkWebhookSignature && { headers: { 'x-mitel-signature': signature() } }),
    };
  };
