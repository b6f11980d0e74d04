import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { PASSWORD } from '../../src/sandbox/company.ts';
import { sandboxSettings } from '../helpers/gateway.ts';
import { startScript, watchMemory } from './process.ts';

/**
 * Ten thousand events of two kilobytes in one tick, and then a hundred thousand, to clients of whom some have stopped
 * reading (R23, R24). Prints what became of them: `node test/soak/subscribers.ts`.
 */
const BURST = 10_000;
const BATCH = 80;
const STALLED = Number(process.argv[2] ?? 15);
const HEALTHY = 5;

const sandbox = await startScript('sandbox/main.ts', ['--port', '0'], {}, /http:\/\/127/);
const [sandboxUrl = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(sandbox.line) ?? [];
const settings = {
  ...sandboxSettings(sandboxUrl),
  LOG_LEVEL: 'silent',
  CLOUDLINK_FEEDS: 'webhook',
  RESUME_WINDOW_EVENTS: '12000',
};
const gateway = await startScript('main.ts', [], settings, /^ready: /);
const [gatewayUrl = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(gateway.line) ?? [];

const post = async (url: string, body: object, method: 'POST' | 'PATCH' = 'POST'): Promise<any> => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, {
    method,
    headers,
    ...(method === 'POST' && { body: JSON.stringify(body) }),
  });
  return response.json();
};

const signIn = async (): Promise<string> => {
  const query = `mutation { signIn(input: { cloudlink: {
    username: "ada@example.test", password: "${PASSWORD}", accountId: "100200300" } }) { sessionToken } }`;
  return (await post(`${gatewayUrl}/graphql`, { query })).data.signIn.sessionToken;
};

const query = `subscription ($endpoint: ID!) { callEvents(endpoints: [$endpoint]) {
  call { ... on LiveCall { pbxCallId from { name } } } } }`;
const variables = { endpoint: Buffer.from('cloudlink:Endpoint:1001').toString('base64url') };

/** Somebody who follows the calls of one telephone, and notes in which order they come. */
const follow = async (token: string) => {
  const socket = new WebSocket(`${gatewayUrl.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  const ids: string[] = [];
  socket.on('message', (data: Buffer) => {
    const { type, payload } = JSON.parse(data.toString());
    if (type === 'connection_ack')
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } }));
    if (type !== 'next') return;
    if (payload.errors !== undefined) console.log('ended:', JSON.stringify(payload.errors));
    else ids.push(payload.data.callEvents.call.pbxCallId);
  });
  socket.on('error', () => undefined);
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  return { socket, ids };
};

/** So many calls at once; they are told apart by their numbers. */
const publish = async (prefix: string, count: number) => {
  const call = `${prefix}{index}`;
  await post(`${sandboxUrl}/_sandbox/events`, {
    platform: 'cloudlink',
    topic: 'platform-api-media',
    subject: `/2017-09-01/endpoints/1001/calls/${call}`,
    content: {
      callId: `endpoints/1001/calls/${call}`,
      endpointId: '1001',
      state: 'ringing',
      fromName: 'x'.repeat(2_000),
    },
    count,
  });
};

const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await delay(50);
};

await post(`${sandboxUrl}/_sandbox/switches`, { webhookBatch: BATCH }, 'PATCH');
const token = await signIn();
const healthy = await Promise.all(Array.from({ length: HEALTHY }, () => follow(token)));
const stalled = await Promise.all(Array.from({ length: STALLED }, () => follow(token)));
const everybody = [...healthy, ...stalled];
// No protocol says when a subscription has begun: it has when something comes.
for (let round = 0; everybody.some(({ ids }) => ids.length === 0); round += 1) {
  await publish(`first-${round}-`, 1);
  await delay(200);
}

const memory = watchMemory(gateway.child.pid ?? 0);
const before = await memory.now();
for (const { socket } of stalled) socket.pause();

const rows: string[] = [];
for (let round = 1; round <= 10; round += 1) {
  const publishedAt = Date.now();
  await publish(`${round}-`, BURST);
  await until(() => healthy.every(({ ids }) => ids.includes(`${round}-${BURST - 1}`, -1)));
  rows.push(`${round * BURST} events: all at every healthy client after ${Date.now() - publishedAt} ms`);
}
const samples = await memory.end();
const wanted = rows.flatMap((_row, round) =>
  Array.from({ length: BURST }, (_, index) => `${round + 1}-${index}`),
);
const isFirst = (id: string) => id.startsWith('first');
const inOrder = healthy.every(({ ids }) => ids.filter((id) => !isFirst(id)).join() === wanted.join());
for (const { socket } of stalled) socket.resume();
await until(() => stalled.every(({ socket }) => socket.readyState === socket.CLOSED));

console.log(rows.join('\n'));
console.log(`every healthy client got each event once and in order: ${inOrder}`);
console.log(
  `stalled clients cut off: ${stalled.length} of ${STALLED}, after ${stalled[0]?.ids.length} events`,
);
console.log(
  `memory of the gateway: ${before.toFixed(0)} MB before, ${Math.max(...samples).toFixed(0)} MB at most`,
);
for (const { socket } of healthy) socket.close();
await gateway.stop();
await sandbox.stop();
