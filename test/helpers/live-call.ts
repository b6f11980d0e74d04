import { expect } from 'vitest';
import { globalId } from './global-id.ts';
import { withGateway, type TestGateway } from './gateway.ts';
import { webhooks, type Result, type TestStream } from './subscribers.ts';

export const CALLS = `subscription Calls($endpoint: ID!, $after: String) {
  callEvents(endpoints: [$endpoint], after: $after) {
    id cursor change call { ... on LiveCall { state pbxCallId } }
  }
}`;

/** A gateway that is told by webhooks, with these settings beside. */
export const live = (env: Readonly<Record<string, string>> = {}): Promise<TestGateway> =>
  withGateway({ env: { ...webhooks, ...env } });

/** Ada's telephone. */
export const ofAda = { endpoint: globalId('cloudlink', 'Endpoint', '1001') };

/** Waits until so many subscriptions have begun: no protocol says so, but the log does. */
export const isSubscribed = async (gateway: TestGateway, count = 1): Promise<void> => {
  const begun = () => gateway.log.filter(({ kind }) => kind === 'subscription').length;
  await expect.poll(begun).toBeGreaterThanOrEqual(count);
};

/** Somebody calls Ada: it rings, is answered, and ends. */
export const callAda = async (gateway: TestGateway): Promise<void> => {
  const call = { scenario: 'call', from: '1002', to: '1001', steps: ['connected', 'completed'], stepMs: 0 };
  const response = await gateway.sandbox.control('POST', '/events?wait=1', call);
  if (response.status !== 200) throw new Error(await response.text());
};

export const stateOf = ({ data }: Result): string => data?.['callEvents'].call.state;

/** What a stream tells of one call. */
export const CALL = ['RINGING', 'CONNECTED', 'COMPLETED'];

export const nextCall = async (stream: Pick<TestStream, 'take'>): Promise<readonly string[]> =>
  (await stream.take(CALL.length)).map(stateOf);

/** The codes of the errors in a result. */
export const codesOf = (result: Result | undefined): readonly string[] =>
  (result?.errors ?? []).map(({ extensions }) => extensions['code']);
