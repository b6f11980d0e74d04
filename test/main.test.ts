import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PASSWORD } from '../src/sandbox/company.ts';
import { runInShell, runMain, spawnMain, startDemoProcess, type Demo } from './helpers/process.ts';
import { sandboxSettings } from './helpers/gateway.ts';
import { withSandbox } from './helpers/sandbox.ts';

/** Occupies a port until the test is over. */
const occupyPort = async (): Promise<number> => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
};

const logOf = (errors: string): Record<string, unknown>[] =>
  errors
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Starts an operation that takes upstream `ms` milliseconds, and waits until it has begun. */
const begin = async (demo: Demo, ms: number): Promise<{ answer: ReturnType<typeof runInShell> }> => {
  await fetch(`${demo.sandboxUrl}/_sandbox/faults`, {
    method: 'POST',
    body: JSON.stringify({ match: { service: 'admin' }, fault: { type: 'latency', ms } }),
  });
  const answer = runInShell(demo.curl);
  const seen = async () => (await fetch(`${demo.sandboxUrl}/_sandbox/requests?service=admin`)).json();
  await expect.poll(seen).toMatchObject({ requests: [{ service: 'admin' }] });
  return { answer };
};

describe('npm start', () => {
  it('says where it is ready and prints a command line that answers data of both platforms', async () => {
    const demo = await startDemoProcess();
    const printed = demo.output();
    expect(printed.split('\n')[0]).toMatch(/^ready: /);
    expect(printed).toContain(`${demo.url}/graphql\n`);
    expect(printed).toContain(`${demo.sandboxUrl}\n`);
    for (const known of [
      'ada@example.test',
      '100200300',
      '1001@acme.12345.service',
      'sandbox-client',
      PASSWORD,
    ]) {
      expect(printed).toContain(known);
    }
    expect(printed.endsWith(`${demo.curl}\n`), 'the command is the last line').toBe(true);

    const { code, output } = await runInShell(demo.curl);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      data: {
        users: {
          nodes: [
            { name: 'Ada Example', email: 'ada@example.test', subscriber: { extension: '1001' } },
            { name: 'Ben Carter', subscriber: { statusMessage: 'Back at two', presence: 'IN_USE' } },
            { name: 'Chloe Martin', subscriber: { extension: '1003' } },
            {},
            {},
          ],
        },
      },
    });
  });

  it('logs one JSON object a line, to the standard error, and no credential', async () => {
    const demo = await startDemoProcess();
    await runInShell(demo.curl);
    demo.child.kill('SIGTERM');
    const { errors, output } = await demo.ended;
    expect(logOf(errors).map(({ msg }) => msg)).toEqual(['operation', 'operation', 'stopped']);
    expect(errors).not.toContain('gws_');
    expect(errors).not.toContain(PASSWORD);
    expect(output).not.toContain('"level"');
  });

  it('asks its own sandbox for changes where it is told to, and is told of them otherwise', async () => {
    const wishesOf = async (env: Readonly<Record<string, string>>) => {
      const demo = await startDemoProcess(env);
      const token = /Bearer (gws_[\w-]+)/.exec(demo.curl)?.[1];
      const { body } = await fetch(`${demo.url}/graphql`, {
        method: 'POST',
        headers: {
          accept: 'text/event-stream',
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
        },
        body: JSON.stringify({ query: 'subscription { callEvents(account: true) { cursor } }' }),
      });
      // The stream begins when the feed is open.
      const reader = body?.getReader();
      await reader?.read();
      const answer = await fetch(`${demo.sandboxUrl}/_sandbox/requests?service=notifications`);
      const { requests } = (await answer.json()) as { requests: readonly { method: string }[] };
      await reader?.cancel();
      return requests.filter(({ method }) => method === 'POST').length;
    };
    expect(await wishesOf({})).toBe(1);
    expect(await wishesOf({ CLOUDLINK_FEEDS: 'poll' })).toBe(0);
  });

  it('starts without a sandbox where a platform is configured', async () => {
    const sandbox = await withSandbox();
    const occupied = await occupyPort();
    const running = spawnMain({ ...sandboxSettings(sandbox.url), SANDBOX_PORT: String(occupied) });
    await expect.poll(running.output).toMatch(/^ready: GraphQL at http:\/\/127\.0\.0\.1:\d+\/graphql\n$/);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
  });

  it.each([
    ['PORT', 'SANDBOX_PORT'],
    ['SANDBOX_PORT', 'PORT'],
  ])('names %s where that port is in use', async (variable, other) => {
    const port = await occupyPort();
    const { code, output, errors } = await runMain({ [variable]: String(port), [other]: '0' });
    expect(code).toBe(1);
    expect(output).toBe('');
    expect(errors).toBe(
      `configuration: ${variable}: ${port} is in use by another process; choose another one; ` +
        `for example ${variable}=0 for any free one\n`,
    );
  });
});

describe('a signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s ends an idle gateway with exit code 0', async (signal) => {
    const demo = await startDemoProcess();
    demo.child.kill(signal);
    const ended = await demo.ended;
    expect([ended.code, ended.signal]).toEqual([0, null]);
    expect(logOf(ended.errors).at(-1)).toMatchObject({
      level: 'info',
      msg: 'stopped',
      signal,
      isClean: true,
    });
  });

  it('lets an operation that is under way finish', async () => {
    const demo = await startDemoProcess();
    const { answer } = await begin(demo, 800);
    demo.child.kill('SIGTERM');
    const { output } = await answer;
    expect(JSON.parse(output).data.users.nodes).toHaveLength(5);
    expect((await demo.ended).code).toBe(0);
  });

  it('ends it with exit code 1 where the operation takes longer than SHUTDOWN_TIMEOUT_MS', async () => {
    const demo = await startDemoProcess({ SHUTDOWN_TIMEOUT_MS: '200' });
    const { answer } = await begin(demo, 60_000);
    demo.child.kill('SIGTERM');
    expect((await answer).output).toBe('');
    const { code, errors } = await demo.ended;
    expect(code).toBe(1);
    expect(logOf(errors)).toContainEqual(expect.objectContaining({ msg: 'stopped', isClean: false }));
  });

  it('that comes a second time ends it at once, with exit code 1 and a line that says so', async () => {
    const demo = await startDemoProcess({ SHUTDOWN_TIMEOUT_MS: '600000' });
    const { answer } = await begin(demo, 60_000);
    demo.child.kill('SIGTERM');
    // The first one has arrived when no connection is taken any more.
    const isRefused = () =>
      fetch(`${demo.url}/health`).then(
        () => false,
        () => true,
      );
    await expect.poll(isRefused).toBe(true);
    demo.child.kill('SIGINT');
    const { code, errors } = await demo.ended;
    expect(code).toBe(1);
    expect(logOf(errors).at(-1)).toMatchObject({
      level: 'error',
      signal: 'SIGINT',
      msg: 'stopped at once by a second signal',
    });
    expect((await answer).output).toBe('');
  });
});
