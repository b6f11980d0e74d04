import type { TestGateway } from './gateway.ts';
import { webhooks, type Result, type TestStream } from './subscribers.ts';

/** With four kilobytes each, more than the buffers of the system hold: who does not read them is noticed. */
export const EVENTS = 2_500;
export const LONG = 'x'.repeat(4_000);

export const PADDED = `subscription ($endpoint: ID!, $after: String) {
  callEvents(endpoints: [$endpoint], after: $after) { cursor call { ... on LiveCall { pbxCallId from { name } } } }
}`;

export const burstEnv = { ...webhooks, RESUME_WINDOW_EVENTS: '20000' };

/** Publishes an event so many times over, in as few deliveries as they fit in; `{index}` in it counts them. */
export const publishMany = async (gateway: TestGateway, event: object, count = EVENTS): Promise<void> => {
  await gateway.sandbox.control('PATCH', '/switches', { webhookBatch: 40 });
  const response = await gateway.sandbox.control('POST', '/events', { ...event, count });
  if (response.status !== 202) throw new Error(await response.text());
};

/** A call that rings. */
export const ringing = (telephone: string, call: string, fromName = '') => ({
  platform: 'cloudlink',
  topic: 'platform-api-media',
  subject: `/2017-09-01/endpoints/${telephone}/calls/${call}`,
  content: {
    callId: `endpoints/${telephone}/calls/${call}`,
    endpointId: telephone,
    state: 'ringing',
    fromName,
  },
});

/** Many calls ring on Ada's telephone at once, each with the number of its event as its id. */
export const burst = (gateway: TestGateway): Promise<void> =>
  publishMany(gateway, ringing('1001', '0{index}', LONG));

export const burstIds: readonly string[] = Array.from({ length: EVENTS }, (_, index) => `0${index}`);

export const callIdOf = ({ data }: Result): string => data?.['callEvents'].call.pbxCallId;
export const cursorOf = (result: Result | undefined): string => result?.data?.['callEvents'].cursor;

/** The ids of the next so many calls. */
export const takeIds = async (stream: Pick<TestStream, 'take'>, count = EVENTS): Promise<string[]> => {
  const ids: string[] = [];
  while (ids.length < count)
    ids.push(...(await stream.take(Math.min(500, count - ids.length))).map(callIdOf));
  return ids;
};
