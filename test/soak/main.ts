import { sandboxSettings } from '../helpers/gateway.ts';
import { download, type Download } from './download.ts';
import { startScript, watchMemory } from './process.ts';
import { SIGN_IN_ON_BOTH, signIn } from './sign-in.ts';

/**
 * Exports 200,000 calls of both platforms in one go, and again over a connection that is cut four times. The gateway is
 * a process of its own, started as by `npm start`, whose memory is looked at ten times a second. Says what it saw, and
 * fails where the memory grew by more than it may, or where a call was lost or told twice.
 */
const CALLS = Number(process.argv[2] ?? 200_000);
const MOST_GROWTH_MEGABYTES = 60;
const CUTS = [0.1, 0.25, 0.005, 0.4].map((part) => Math.ceil(part * CALLS));

const sandbox = await startScript(
  'sandbox/main.ts',
  ['--port', '0', '--calls', String(CALLS)],
  {},
  / at http/,
);
const sandboxUrl = /(http:\/\/[\d.:]+)/.exec(sandbox.line)?.[1] ?? '';
const settings = { ...sandboxSettings(sandboxUrl), LOG_LEVEL: 'silent' };
const gateway = await startScript('main.ts', [], settings, /^ready: /);
const url = /(http:\/\/[\d.:]+)\/graphql/.exec(gateway.line)?.[1] ?? '';

const session = await signIn(url, SIGN_IN_ON_BOTH);
const address = `${url}/export/calls.ndjson?to=2100-01-01`;
const everything = `${address}&from=2000-01-01`;
/** A month, so that what a process loads and compiles once is not taken for growth. */
const aMonth = `${address}&from=${new Date(Date.now() - 30 * 24 * 3_600_000).toISOString()}`;

const show = (name: string, text: string) => console.log(`${name.padEnd(14)}${text}`);
const megabytes = (value: number) => `${value.toFixed(0)} MB`;

const run = async (name: string, wanted: () => Promise<Download>): Promise<Download> => {
  const started = performance.now();
  const result = await wanted();
  const seconds = (performance.now() - started) / 1000;
  show(name, `${result.calls} calls, ${result.cuts} cuts, ${seconds.toFixed(0)} s`);
  return result;
};

const idle = watchMemory(gateway.child.pid ?? 0);
show('at rest', megabytes(await idle.now()));
await idle.end();
await run('a month', () => download(aMonth, session));
const memory = watchMemory(gateway.child.pid ?? 0);
const before = await memory.now();
const whole = await run('in one go', () => download(everything, session));
const pieces = await run('in pieces', () => download(everything, session, CUTS));
const peak = Math.max(...(await memory.end()));
show('memory', `${megabytes(before)} before, ${megabytes(peak)} at most, growth ${megabytes(peak - before)}`);
await gateway.stop();
await sandbox.stop();

const failures = [
  ...(peak - before < MOST_GROWTH_MEGABYTES ? [] : [`memory grew by more than ${MOST_GROWTH_MEGABYTES} MB`]),
  ...(whole.isDistinct && pieces.isDistinct ? [] : ['a call was told twice']),
  ...(whole.calls >= CALLS * 0.99 ? [] : ['calls are missing']),
  ...(whole.digest === pieces.digest ? [] : ['the pieces are not the whole']),
];
for (const failure of failures) show('FAILED', failure);
process.exitCode = failures.length;
