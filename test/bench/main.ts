import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { measureRate } from './load.ts';

/**
 * How many requests a second the gateway answers, beside plain Yoga on the same machine in the same minute. The query
 * has two fields and needs nothing upstream, so that this is the cost of the gateway itself: its limits, tokens, ids
 * and log are on, Yoga has none. Each server is a process of its own; the load comes from this one.
 */
const QUERY = '{ __typename viewer { __typename } }';
const EXPECTED = '{"data":{"__typename":"Query","viewer":{"__typename":"Viewer"}}}';
const CONNECTIONS = 32;
const ROUNDS = 3;
const SECONDS = 1.5;

interface Contender {
  readonly child: ChildProcess;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rates: number[];
}

const start = async (script: string, isReady: RegExp): Promise<{ child: ChildProcess; line: string }> => {
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url))], {
    env: { ...process.env, PORT: '0', SANDBOX_PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const line of createInterface(child.stdout)) if (isReady.test(line)) return { child, line };
  throw new Error(`${script} ended before it was ready`);
};

const startGateway = async (): Promise<Contender> => {
  const { child, line } = await start('../../src/main.ts', /^curl /);
  const [, url = ''] = /(http:\S+)/.exec(line) ?? [];
  const [, authorization = ''] = /'Authorization: ([^']+)'/.exec(line) ?? [];
  return { child, url, headers: { authorization }, rates: [] };
};

const startVanilla = async (): Promise<Contender> => {
  const { child, line } = await start('./vanilla.ts', /^ready at /);
  return { child, url: line.replace('ready at ', ''), headers: {}, rates: [] };
};

const measure = ({ url, headers }: Contender, seconds: number) =>
  measureRate({
    url,
    headers,
    body: JSON.stringify({ query: QUERY }),
    expected: EXPECTED,
    connections: CONNECTIONS,
    seconds,
  });

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const gateway = await startGateway();
const vanilla = await startVanilla();
const contenders = [gateway, vanilla];

for (const contender of contenders) await measure(contender, 1);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const contender of contenders) contender.rates.push(await measure(contender, SECONDS));
}

for (const { child } of contenders) {
  child.kill('SIGTERM');
  await once(child, 'exit');
}

const show = ({ rates }: Contender) =>
  `${Math.round(median(rates))} requests/s (${rates.map(Math.round).join(', ')})`;
console.log(`query         ${QUERY}, ${CONNECTIONS} connections, median of ${ROUNDS} rounds of ${SECONDS} s`);
console.log(`gateway       ${show(gateway)}`);
console.log(`plain Yoga    ${show(vanilla)}`);
console.log(`ratio         ${(median(gateway.rates) / median(vanilla.rates)).toFixed(2)}`);
