import type { Switches } from '../../../src/sandbox/switches.ts';
import { allDelivered, startReceiver } from '../receiver.ts';
import { ADA, NOTIFICATIONS, type SendOptions } from './cloudlink.ts';
import { withMedia } from './media.ts';

export const SUBSCRIPTIONS = `${NOTIFICATIONS}/subscriptions`;
export const MEDIA_TOPIC = 'platform-api-media';
export const CHAT_TOPIC = 'platform-api-conversations';
export const ADMIN_TOPIC = 'platform-api-admin';
export const PRESENCE_TOPIC = 'platform-api-presence';

/** As much of a publication as tests look at. */
export interface Received {
  readonly publicationId: string;
  readonly topic: string;
  readonly method: string;
  readonly subject: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly subscription: { readonly subscriptionId: string };
}

/** CloudLink with a receiver of its webhooks, and Ada signed in, who asks unless somebody else is named. */
export const withNotifications = async (switches: Partial<Switches> = {}) => {
  const cloudlink = await withMedia(switches);
  const receiver = await startReceiver();
  const ada = await cloudlink.signIn(ADA);

  const ask = (method: string, path: string, options: SendOptions = {}) =>
    cloudlink.send(method, path, { token: ada, ...options });

  /** What a subscription to a topic asks for. */
  const wish = (topic: string, change: object = {}) => ({
    transport: 'webhook',
    topic,
    subjectFilter: '',
    deviceId: `${receiver.url}/hook`,
    applicationId: 'test-application',
    ...change,
  });

  const subscribe = async (topic: string, change: object = {}, token = ada): Promise<string> => {
    const { status, body } = await ask('POST', SUBSCRIPTIONS, { token, json: wish(topic, change) });
    if (status > 201) throw new Error(JSON.stringify(body));
    return String(body.subscriptionId);
  };

  const received = async (count: number) => (await receiver.received(count)) as Received[];

  /** Everything that was to come, once all of it has. */
  const receivedAll = async () => {
    await allDelivered(cloudlink.url);
    return receiver.posts.map(({ text }) => JSON.parse(text) as Received);
  };

  return { ...cloudlink, receiver, ada, ask, wish, subscribe, received, receivedAll };
};
