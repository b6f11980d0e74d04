import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Nothing of the tester's own environment but what a process needs to start. */
const environment = (env: Readonly<Record<string, string>>) => ({
  PATH: process.env['PATH'],
  ...env,
});

/** How a process ended and all that it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** What it has written to its standard output so far. */
  readonly output: () => string;
  readonly errors: () => string;
  /** Resolves when it has ended by itself or by a signal. */
  readonly ended: Promise<Ended>;
}

const collect = (stream: NodeJS.ReadableStream | null) => {
  let written = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    written += chunk;
  });
  return () => written;
};

/** The command of `npm start` with these settings and no others. Killed when the test is over, if it still lives. */
export const spawnMain = (env: Readonly<Record<string, string>> = {}): Running => {
  const child = spawn(process.execPath, [main], { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  const ended = (async (): Promise<Ended> => {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return { code, signal, output: output(), errors: errors() };
  })();
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, output, errors, ended };
};

/** The same, run to its end. */
export const runMain = (env: Readonly<Record<string, string>>): Promise<Ended> => spawnMain(env).ended;

export interface Demo extends Running {
  readonly url: string;
  readonly sandboxUrl: string;
  /** The line that `npm start` prints to be pasted into a shell. */
  readonly curl: string;
}

const find = (output: string, pattern: RegExp): string => {
  const found = pattern.exec(output)?.[1];
  if (found === undefined) throw new Error(`${pattern} is nowhere in what was printed:\n${output}`);
  return found;
};

/** Starts the demo, gateway and sandbox on free ports, and waits until it says that it is ready. */
export const startDemoProcess = async (env: Readonly<Record<string, string>> = {}): Promise<Demo> => {
  const running = spawnMain({ PORT: '0', SANDBOX_PORT: '0', ...env });
  const isReady = () => /^curl .*\n/m.test(running.output());
  while (!isReady()) {
    const happened = await Promise.race([once(running.child.stdout ?? running.child, 'data'), running.ended]);
    if (!Array.isArray(happened)) throw new Error(`it ended before it was ready:\n${happened.errors}`);
  }
  const output = running.output();
  return {
    ...running,
    url: find(output, /(http:\/\/127\.0\.0\.1:\d+)\/graphql$/m),
    sandboxUrl: find(output, /^ {2}sandbox.*(http:\/\/127\.0\.0\.1:\d+)$/m),
    curl: find(output, /^(curl .*)$/m),
  };
};

/** Runs a line in a shell, as a reader would, and answers what it printed. */
export const runInShell = async (line: string): Promise<{ code: number | null; output: string }> => {
  const child = spawn('sh', ['-c', line], { env: environment({}), stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { code, output };
};
