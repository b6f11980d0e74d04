import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { findPort } from './port.ts';

const isInstalled = (): boolean => {
  try {
    execFileSync('redis-server', ['--version']);
    return true;
  } catch {
    return false;
  }
};

/** In CI a missing server is a failure: there nothing may be skipped. */
export const isRedisMissing = process.env['CI'] === undefined && !isInstalled();

/** For the title of what is skipped. */
export const redisHint = isRedisMissing
  ? ' (skipped: no redis-server here; install one, on Debian with `apt-get install redis-server`)'
  : '';

/** A Redis of one test. */
export interface TestRedis {
  readonly url: string;
  /** Ends it at once, with all that it kept. */
  kill(): Promise<void>;
  /** Starts it again at the same address, empty unless it was started with `keeps`. */
  restart(): Promise<void>;
  /** Keeps it from answering, with its connections open. */
  pause(): void;
  resume(): void;
  /** Sends a command in plain words, as an operator would, and answers the reply as it is written. */
  command(...words: readonly string[]): Promise<string>;
}

export interface StartedRedis extends TestRedis {
  /** Ends it and takes away what it kept. */
  stop(): Promise<void>;
}

/** Whether a Redis, and nobody else, answers at the port. */
const isUp = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    socket.once('error', () => resolve(false));
  });

const encode = (words: readonly string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

/** A redis-server on a free port, which keeps nothing on disk unless `keeps` says so. */
export const startRedis = async ({ isUpAtStart = true, keeps = false } = {}): Promise<StartedRedis> => {
  const port = await findPort();
  const folder = await mkdtemp(join(tmpdir(), 'redis-test-'));
  let child: ChildProcess | null = null;

  const restart = async () => {
    child = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''].concat(
        '--appendonly',
        keeps ? 'yes' : 'no',
        '--appendfsync',
        'always',
      ),
      { stdio: 'ignore' },
    );
    const ended = once(child, 'exit');
    while (!(await isUp(port))) {
      const isOver = await Promise.race([
        ended.then(() => true),
        new Promise((resolve) => setImmediate(resolve, false)),
      ]);
      if (isOver === true) throw new Error('redis-server ended before it answered');
    }
  };

  const kill = async () => {
    const running = child;
    child = null;
    if (running === null) return;
    running.kill('SIGKILL');
    await once(running, 'exit');
  };

  if (isUpAtStart) await restart();

  return {
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
    url: `redis://127.0.0.1:${port}`,
    kill,
    restart,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    command: (...words) =>
      new Promise((resolve, reject) => {
        const socket = createConnection(port, '127.0.0.1', () => socket.end(encode(words)));
        let reply = '';
        socket.setEncoding('utf8').on('data', (chunk: string) => {
          reply += chunk;
        });
        socket.once('end', () => resolve(reply.trimEnd()));
        socket.once('error', reject);
      }),
  };
};

/** The same, for one test: killed when it is over. */
export const withRedis = async (options: Parameters<typeof startRedis>[0] = {}): Promise<TestRedis> => {
  const redis = await startRedis(options);
  onTestFinished(() => redis.stop());
  return redis;
};
