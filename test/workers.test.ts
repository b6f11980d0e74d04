import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PASSWORD } from '../src/sandbox/company.ts';
import { sandboxSettings } from './helpers/gateway.ts';
import { findPort } from './helpers/port.ts';
import { spawnMain, type Running } from './helpers/process.ts';
import { isRedisMissing, redisHint, withRedis } from './helpers/redis.ts';
import { withSandbox } from './helpers/sandbox.ts';

/** The processes that another one has started. */
const childrenOf = async ({ child }: Running): Promise<readonly number[]> => {
  const list = await promisify(execFile)('pgrep', ['-P', String(child.pid)]).catch(() => ({ stdout: '' }));
  return list.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
};

const startWorkers = async (env: Readonly<Record<string, string>> = {}) => {
  const [sandbox, redis, port] = await Promise.all([withSandbox(), withRedis(), findPort()]);
  const running = spawnMain({
    ...sandboxSettings(sandbox.url),
    PORT: String(port),
    REDIS_URL: redis.url,
    WORKERS: '2',
    ...env,
  });
  const url = `http://127.0.0.1:${port}`;
  /** Sends an operation over a connection of its own, which any of the processes may take. */
  const execute = async (query: string, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close', ...headers },
      body: JSON.stringify({ query }),
    });
    return response.json() as Promise<{ data?: any; errors?: unknown }>;
  };
  return { running, port, url, execute };
};

const SIGN_IN = `mutation { signIn(input: { cloudlink: {
  username: "ada@example.test", password: "${PASSWORD}", accountId: "100200300" } }) { sessionToken } }`;

describe(`WORKERS=2${redisHint}`, () => {
  it.skipIf(isRedisMissing)(
    'two processes share a port and their sessions, and one that dies is replaced',
    async () => {
      const { running, url, execute } = await startWorkers();
      await expect.poll(running.output).toBe(`ready: GraphQL at ${url}/graphql, by 2 processes\n`);
      const { data } = await execute(SIGN_IN);
      const authorization = `Bearer ${data.signIn.sessionToken}`;
      const ask = () => execute('{ viewer { cloudlink { email } } }', { authorization });
      for (let round = 0; round < 30; round += 1) {
        expect(await ask()).toEqual({ data: { viewer: { cloudlink: { email: 'ada@example.test' } } } });
      }
      const before = await childrenOf(running);
      expect(before).toHaveLength(2);
      process.kill(before[0] ?? 0, 'SIGKILL');
      await expect
        .poll(async () => (await childrenOf(running)).filter((id) => !before.includes(id)))
        .toHaveLength(1);
      expect(running.errors()).toContain('a worker ended and will be replaced');
      expect(await ask()).toEqual({ data: { viewer: { cloudlink: { email: 'ada@example.test' } } } });

      running.child.kill('SIGTERM');
      const { code, errors } = await running.ended;
      expect(code).toBe(0);
      expect(
        errors.split('\n').filter((line) => line.includes('"msg":"stopped"')).length,
      ).toBeGreaterThanOrEqual(2);
    },
  );

  it.skipIf(isRedisMissing)('an address that cannot be had ends all with one line', async () => {
    const port = await findPort();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { running } = await startWorkers({ PORT: String(port) });
    const { code, output, errors } = await running.ended;
    expect([code, output]).toEqual([1, '']);
    expect(errors).toBe(
      `configuration: PORT: ${port} is in use by another process; choose another one; ` +
        'for example PORT=0 for any free one\n',
    );
  });

  it.skipIf(isRedisMissing)('leave nothing running behind a process that was killed', async () => {
    const { running } = await startWorkers();
    await expect.poll(running.output).toContain('ready');
    const workers = await childrenOf(running);
    running.child.kill('SIGKILL');
    await running.ended;
    const isAlive = (id: number) => {
      try {
        return process.kill(id, 0);
      } catch {
        return false;
      }
    };
    await expect.poll(() => workers.filter(isAlive)).toEqual([]);
  });
});
