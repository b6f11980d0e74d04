import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';

/** A process of this project, started by the tester, and what it said when it was ready. */
export interface Started {
  readonly child: ChildProcess;
  readonly line: string;
  stop(): Promise<void>;
}

/** Starts a script of `src`, where need be with options of Node's, and waits for the line that says that it is ready. */
export const startScript = async (
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  isReady: RegExp,
  nodeOptions: readonly string[] = [],
): Promise<Started> => {
  const path = fileURLToPath(new URL(`../../src/${script}`, import.meta.url));
  const child = spawn(process.execPath, [...nodeOptions, path, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  process.once('exit', () => child.kill());
  const outputs = [child.stdout, child.stderr].filter((output) => output !== null);
  const lines = outputs.map((input) => createInterface({ input }));
  const line = await new Promise<string>((resolve, reject) => {
    for (const reader of lines) reader.on('line', (text) => isReady.test(text) && resolve(text));
    child.once('exit', () => reject(new Error(`${script} ended before it was ready`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { child, line, stop };
};

const readMegabytes = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024;
};

/** Makes a process answer {@link readHeap} and {@link readResident}, as options of Node's. */
export const heapOptions: readonly string[] = [
  '--expose-gc',
  '--import',
  new URL('heap.ts', import.meta.url).href,
];

const ask = async (child: ChildProcess, what: 'heap' | 'resident'): Promise<number> => {
  child.send(what);
  const [bytes] = await once(child, 'message');
  return Number(bytes) / 1024 ** 2;
};

/** What is alive in the heap of a process, in megabytes: all that nobody needs any more is cleared for it. */
export const readHeap = ({ child }: Pick<Started, 'child'>): Promise<number> => ask(child, 'heap');

/** The resident memory of a process, in megabytes, once it has given back all that it does not need. */
export const readResident = ({ child }: Pick<Started, 'child'>): Promise<number> => ask(child, 'resident');

/** The resident memory of a process over time, in megabytes, until it is told to end. */
export const watchMemory = (pid: number) => {
  const samples: number[] = [];
  const ending = new AbortController();
  const sampling = (async () => {
    while (!ending.signal.aborted) {
      samples.push(await readMegabytes(pid));
      await delay(100, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  return {
    now: () => readMegabytes(pid),
    /** The most that it was so far. */
    peak: () => Math.max(...samples),
    end: async (): Promise<readonly number[]> => {
      ending.abort();
      await sampling;
      return samples;
    },
  };
};
