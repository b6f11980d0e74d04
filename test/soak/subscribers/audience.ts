import { signIn } from '../sign-in.ts';
import { listenOver, type Listener, type Transport } from './listener.ts';

/** As many events as fit in a delivery. */
const BATCH = 80;

const CALL_EVENTS = `subscription ($endpoint: ID!) { callEvents(endpoints: [$endpoint]) {
  call { ... on LiveCall { pbxCallId from { name } } } } }`;
const variables = { endpoint: Buffer.from('cloudlink:Endpoint:1001').toString('base64url') };

const send = async (url: string, body: object, method: 'POST' | 'PATCH' = 'POST'): Promise<void> => {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
};

/** Those who follow the calls of one telephone, and who calls there. */
export const createAudience = async (sandboxUrl: string, gatewayUrl: string) => {
  await send(`${sandboxUrl}/_sandbox/switches`, { webhookBatch: BATCH }, 'PATCH');
  const { authorization } = await signIn(gatewayUrl);

  const follow = (transport: Transport = 'websocket'): Promise<Listener> =>
    listenOver[transport]({ url: gatewayUrl, authorization, query: CALL_EVENTS, variables });

  /** So many calls at once, with so long a name; they are told apart by their numbers. */
  const publish = async (prefix: string, count: number, nameLength = 10): Promise<void> => {
    const call = `${prefix}{index}`;
    await send(`${sandboxUrl}/_sandbox/events`, {
      platform: 'cloudlink',
      topic: 'platform-api-media',
      subject: `/2017-09-01/endpoints/1001/calls/${call}`,
      content: {
        callId: `endpoints/1001/calls/${call}`,
        endpointId: '1001',
        state: 'ringing',
        fromName: 'x'.repeat(nameLength),
      },
      count,
    });
  };

  return { follow, publish };
};
