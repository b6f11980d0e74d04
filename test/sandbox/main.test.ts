import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseArguments } from '../../src/sandbox/arguments.ts';
import { sendRaw } from '../helpers/raw-request.ts';

const main = fileURLToPath(new URL('../../src/sandbox/main.ts', import.meta.url));

const start = (args: readonly string[]) => {
  const child = spawn(process.execPath, [main, ...args]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
};

/** Runs the command to its end. */
const run = async (args: readonly string[]) => {
  const child = start(args);
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { output, errors, code };
};

test.each(['SIGTERM', 'SIGINT'] as const)(
  'says where it is ready, and stops on %s while a request waits',
  async (signal) => {
    const child = start(['--port', '0']);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const url = /^The sandbox is ready at (http:\/\/127\.0\.0\.1:\d+);/.exec(line)?.[1] ?? '';
    const rule = { fault: { type: 'latency', ms: 3_600_000 } };
    await fetch(`${url}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(rule) });
    const waiting = sendRaw(Number(new URL(url).port), 'GET /ns-api/ HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect
      .poll(async () => (await fetch(`${url}/_sandbox/requests?platform=netsapiens`)).json())
      .toMatchObject({ requests: [{ url: '/ns-api/' }] });
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect((await waiting).text).toBe('');
  },
);

test('shows every argument and switch on --help', async () => {
  const { output, code } = await run(['--help']);
  expect(code).toBe(0);
  for (const name of ['--port', '--host', '--users', '--calls', '--switch', 'legacyMislabelJson=false']) {
    expect(output).toContain(name);
  }
});

test('refuses a bad argument with one line and exit code 1', async () => {
  const { output, errors, code } = await run(['--users', 'many']);
  expect(code).toBe(1);
  expect(output).toBe('');
  expect(errors).toBe('--users: "many" is not a whole number from 0 to 100000. Example: --users 300\n');
});

describe('the command line', () => {
  test('reads every argument', () => {
    const args =
      '--port 0 --host ::1 --users=300 --calls 9 --traffic --switch legacyTyping=numeric --switch legacyDuplicate=400';
    expect(parseArguments(args.split(' '))).toEqual({
      help: false,
      port: 0,
      host: '::1',
      users: 300,
      calls: 9,
      traffic: true,
      switches: { legacyTyping: 'numeric', legacyDuplicate: 400 },
    });
  });

  test.each([
    ['legacyBadCredentials=401', { legacyBadCredentials: '401' }],
    ['cloudlinkRequireApp=true', { cloudlinkRequireApp: true }],
    ['legacyRateLimit=false', { legacyRateLimit: false }],
    ['legacyRowCap=96', { legacyRowCap: 96 }],
    ['webhookRetryMs=10,20', { webhookRetryMs: [10, 20] }],
    ['webhookRetryMs=5', { webhookRetryMs: [5] }],
  ])('gives the switch %s its type', (assignment, switches) => {
    expect(parseArguments(['--switch', assignment]).switches).toEqual(switches);
  });

  test.each([
    [
      ['--prot', '1'],
      /^--prot: there is no such option; there are --port, --host, --users, --calls, --traffic, --switch, --help\. Example: /,
    ],
    [['-p', '1'], /^-p: there is no such option; /],
    [['4010'], /^4010: it belongs to no option; there are --port, /],
    [['--port'], /^--port: its value is missing\. Example: --port 4010$/],
    [['--port='], /^--port: its value is missing\. Example: --port 4010$/],
    [['--port', '65536'], /^--port: "65536" is not a whole number from 0 to 65535\. Example: --port 4010$/],
    [['--port', '-1'], /^--port: "-1" is not a whole number from 0 to 65535\. Example: --port 4010$/],
    [['--users', '1e3'], /^--users: "1e3" is not a whole number from 0 to 100000\. Example: --users 300$/],
    [
      ['--calls', '1000001'],
      /^--calls: "1000001" is not a whole number from 0 to 1000000\. Example: --calls 5000$/,
    ],
    [['--help=yes'], /^--help: it takes no value\. Example: --help$/],
    [
      ['--switch', 'legacyTyping'],
      /^--switch: "legacyTyping" is not of the form name=value\. Example: --switch legacyTyping=numeric$/,
    ],
    [
      ['--switch', 'legacyTyping=text'],
      /^--switch: "legacyTyping" of the switches must be one of "strings", "numeric"\. Example: /,
    ],
    [
      ['--switch', 'legacyRowCap='],
      /^--switch: "legacyRowCap" of the switches must be a whole number from 0 to \d+\. Example: /,
    ],
    [['--switch', 'toString=1'], /^--switch: "toString" is no field of the switches; allowed are: /],
  ])('refuses %j in one line', (args, message) => {
    expect(() => parseArguments(args)).toThrow(message);
  });
});
