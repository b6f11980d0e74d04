import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { findPort } from './port.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** One gateway among several, in a process of its own. */
export interface Instance {
  readonly url: string;
  readonly pid: () => number;
  /** Throws while it is down. */
  readonly process: () => ChildProcess;
  readonly isUp: () => boolean;
  /** How often it ended though nobody told it to. */
  readonly crashes: () => number;
  /** What it has logged so far, over all of its lives. */
  readonly log: () => readonly Readonly<Record<string, any>>[];
  /** Resolves once it answers. */
  start(): Promise<void>;
  /** Ends it in the middle of whatever it does. */
  kill(): Promise<void>;
  /** Tells it to stop and answers how it ended. */
  stop(): Promise<number | null>;
}

/**
 * A gateway that is started and ended by the tester, always at the same port, where need be with options of Node's. What
 * it writes is kept.
 */
export const createInstance = async (
  settings: (port: number) => Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
): Promise<Instance> => {
  const port = await findPort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  let isReady = false;
  let written = '';
  let crashes = 0;

  const start = async () => {
    const started = spawn(process.execPath, [...nodeOptions, main], {
      env: { PATH: process.env['PATH'], ...settings(port) },
      stdio: ['ignore', 'pipe', 'pipe', nodeOptions.length > 0 ? 'ipc' : 'ignore'],
    }) as ChildProcessByStdio<null, Readable, Readable>;
    child = started;
    const kill = () => started.kill('SIGKILL');
    process.once('exit', kill);
    const ended = once(started, 'exit').then(() => {
      process.off('exit', kill);
      if (child !== started) return true;
      if (isReady) crashes += 1;
      child = null;
      isReady = false;
      return true;
    });
    let output = '';
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      written += text;
    });
    while (!output.includes('ready: ')) {
      const isOver = await Promise.race([ended, once(started.stdout, 'data').then(() => false)]);
      if (isOver) throw new Error(`an instance ended before it was ready:\n${written}`);
    }
    isReady = true;
  };

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const running = child;
    child = null;
    isReady = false;
    if (running === null || running.exitCode !== null) return null;
    running.kill(signal);
    const [code] = (await once(running, 'exit')) as [number | null];
    return code;
  };

  return {
    url,
    pid: () => child?.pid ?? 0,
    process: () => {
      if (child === null) throw new Error(`the instance at ${url} is down`);
      return child;
    },
    isUp: () => isReady,
    crashes: () => crashes,
    log: () =>
      written
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line)),
    start,
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
  };
};
