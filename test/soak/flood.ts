import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { constants, setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sandboxSettings } from '../helpers/gateway.ts';
import { aside, atMost, exactly, toTable, type Row } from './instances/row.ts';
import { startScript, type Started } from './process.ts';
import { signIn } from './sign-in.ts';
import { createAudience } from './subscribers/audience.ts';

/**
 * What comes in over the webhook and over sockets as fast as this machine can send it (S25, S28), to a gateway in a process
 * of its own: how long its event loop is kept, and how much longer others wait meanwhile. Prints what it saw.
 */
const SECONDS = 10;
const LANES = 48;
/** As often as hostile requests come where it is asked what others notice of them (L3). Refused sockets count. */
const SOCKETS_PER_SECOND = 50;
/** For as long as an address is kept out: then it begins anew. */
const ATTACK_SECONDS = 60;
const urlIn = (line: string): string => /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';

const sandbox = await startScript('sandbox/main.ts', ['--port', '0'], {}, /http:\/\/127/);
const settings = {
  ...sandboxSettings(urlIn(sandbox.line)),
  LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
  CLOUDLINK_FEEDS: 'webhook',
  TRUSTED_PROXIES: 'loopback',
  // An empty text stands for what it is where nobody sets it.
  MAX_OPERATIONS_PER_SECOND: '',
};
const lagOptions = ['--import', new URL('lag.ts', import.meta.url).href];
let isOver = false;
const startGateway = async (): Promise<Started> => {
  const started = await startScript('main.ts', [], settings, /^ready: /, lagOptions);
  started.child.stderr?.pipe(process.stderr);
  started.child.once('exit', (code, signal) => {
    if (isOver) return;
    console.error(`a gateway ended meanwhile: ${code ?? signal}`);
    process.exit(1);
  });
  return started;
};
const gateway = await startGateway();
const url = urlIn(gateway.line);

const readLag = async ({ child }: Started): Promise<{ readonly p99: number; readonly most: number }> => {
  child.send('lag');
  const [lag] = await once(child, 'message');
  return lag;
};

const agent = new Agent({ keepAlive: true, maxSockets: LANES });

/** Sends a body, as many bytes of it as are asked for, and answers the status. */
const post = (
  target: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> =>
  new Promise((resolve) => {
    const outgoing = request(target, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
    });
    outgoing.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('error', () => resolve(0));
    outgoing.end(body);
  });

const { follow } = await createAudience(urlIn(sandbox.line), url);
const listener = await follow();

/** Where the platform was told to send what happens, which is asked for when a feed opens. */
const findWebhook = async (): Promise<string> => {
  for (;;) {
    const answer = await fetch(`${urlIn(sandbox.line)}/_sandbox/requests?service=notifications`);
    const { requests } = (await answer.json()) as { requests: readonly { method: string; body: string }[] };
    const found = requests.flatMap(({ body }) => /http:[^"]+\/webhooks\/[^"\\]+/.exec(body) ?? [])[0];
    if (found !== undefined) return found;
    await delay(50);
  }
};
const webhook = await findWebhook();

let number = 0;
const publication = () => {
  number += 1;
  const callId = `flood-${number}`;
  return JSON.stringify({
    publicationId: callId,
    topic: 'platform-api-media',
    method: 'PUT',
    subject: `/2017-09-01/endpoints/1001/calls/${callId}`,
    content: {
      callId: `endpoints/1001/calls/${callId}`,
      endpointId: '1001',
      state: 'ringing',
      timestamp: Date.now(),
      direction: 'inbound',
      from: '2002',
      to: '1001',
    },
  });
};
const deep = '['.repeat(10_000) + ']'.repeat(10_000);
const unknown = JSON.stringify({ publicationId: 'x', topic: 'nobody-knows', subject: '/x', content: {} });

const floodWebhook = async (): Promise<readonly Row[]> => {
  await readLag(gateway);
  const statuses = new Map<number, number>();
  const until = performance.now() + SECONDS * 1000;
  const lane = async () => {
    for (let round = 0; performance.now() < until; round += 1) {
      const kind = round % 500;
      const status =
        kind === 499
          ? await post(webhook, 'x'.repeat(300_000))
          : kind % 50 === 49
            ? await post(webhook, deep)
            : kind % 10 === 9
              ? await post(webhook, unknown)
              : kind % 5 === 4
                ? await post(webhook, publication())
                : await post(`${url}/webhooks/cloudlink/nobody/nothing`, unknown);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const { p99, most } = await readLag(gateway);
  const sent = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  const odd = [...statuses].filter(([status]) => status >= 500).reduce((sum, [, count]) => sum + count, 0);
  return [
    aside('S25', 'deliveries a second, of which a tenth are good', String(Math.round(sent / SECONDS))),
    aside('S25', 'statuses', [...statuses].map(([status, count]) => `${status}: ${count}`).join(', ')),
    exactly('S25', 'neither 2xx nor 4xx', odd),
    atMost('S25', 'p99 of what the event loop was kept', p99, 50, ' ms'),
    aside('S25', 'the most', `${most.toFixed(0)} ms`),
    aside('S25', 'told to the follower', String(listener.ids.length)),
  ];
};

const p99Of = (times: readonly number[]) =>
  times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? 0;

/** Another client each time: what one of them may do is not what is measured. */
let client = 0;
const nextAddress = () => {
  client += 1;
  return `10.${(client >> 16) % 256}.${(client >> 8) % 256}.${client % 256}`;
};

/** How long simple operations take, one after the other. */
const timeOperations = async (seconds: number): Promise<number> => {
  const times: number[] = [];
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    const startedAt = performance.now();
    await post(`${url}/graphql`, '{"query":"{ __typename }"}', { 'x-forwarded-for': nextAddress() });
    times.push(performance.now() - startedAt);
  }
  return p99Of(times);
};

const attacks = [
  'messages of a stranger',
  'messages of somebody known',
  'messages of 100 KB',
  'operations at a time',
  'sockets of one principal',
] as const;

/** What becomes of an attacker of a gateway, and of somebody who asks the one that is measured meanwhile. */
const attackOne = async (target: string, what: string, number: number) => {
  const { authorization } = await signIn(target);
  const script = fileURLToPath(new URL('flood/attacker.ts', import.meta.url));
  const attacker = fork(script, [
    target,
    what,
    `192.0.2.${number}`,
    String(SOCKETS_PER_SECOND),
    authorization,
  ]);
  await once(attacker, 'message');
  if (attacker.pid !== undefined) setPriority(attacker.pid, constants.priority.PRIORITY_LOW);
  const p99 = await timeOperations(ATTACK_SECONDS);
  attacker.send('tell');
  const [endings] = (await once(attacker, 'message')) as [Readonly<Record<string, number>>];
  attacker.kill('SIGKILL');
  await once(attacker, 'exit');
  return { p99, endings };
};

/**
 * An attacker comes from another machine, which takes no processor from whoever is measured. Here it does: so what others
 * notice of an attack is told beside what they notice of the same attack on another gateway of this machine.
 */
const attack = async (what: string, number: number, twin: string): Promise<readonly Row[]> => {
  const { p99: calm } = await attackOne(twin, what, number);
  const { p99: busy, endings } = await attackOne(url, what, number);
  const told = Object.entries(endings).map(([ending, count]) => `${ending}: ${count}`);
  return [
    aside('S28', `${what}: how they ended`, told.join(', ')),
    aside(
      'S28',
      `${what}: p99 of an operation while another gateway is attacked, and this one`,
      `${calm.toFixed(1)} and ${busy.toFixed(1)} ms`,
    ),
    atMost('S28', `${what}: times as long`, busy / calm, 1.5),
  ];
};

const floodSockets = async (): Promise<readonly Row[]> => {
  const twin = await startGateway();
  const rows: Row[] = [];
  for (const [index, what] of attacks.entries())
    if (isNamed(what)) rows.push(...(await attack(what, index + 1, urlIn(twin.line))));
  isOver = true;
  await twin.stop();
  return rows;
};

/** `webhook`, or what a socket is flooded with; all where nothing is named. */
const named = process.argv.slice(2);
const isNamed = (part: string) => named.length === 0 || named.includes(part);

const rows = [...(isNamed('webhook') ? await floodWebhook() : []), ...(await floodSockets())];
console.log(toTable(rows));
isOver = true;
await gateway.stop();
await sandbox.stop();
process.exit(rows.filter(({ isMet }) => isMet === false).length);
