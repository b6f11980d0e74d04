import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './logger.ts';

/** The processes that share the port. */
export interface Workers {
  /** Where they answer. */
  readonly url: string;
  /** Tells all to stop, waits until they have, and answers whether each did so of its own accord. */
  stop(): Promise<boolean>;
}

const FIRST_BACK_OFF_MS = 200;
const LONGEST_BACK_OFF_MS = 30_000;
/** A worker that lived this long was well: the next one is started without hesitation again. */
const WELL_AFTER_MS = 60_000;

/** Whether this process is one of several. */
export const isWorker = (): boolean => cluster.isWorker;

/** Tells the process that started this one where it answers. */
export const tellReady = (url: string): void => {
  process.send?.({ url });
};

const endOf = async (worker: Worker) => {
  const [code, signal] = (await once(worker, 'exit')) as [number | null, NodeJS.Signals | null];
  return { code, signal };
};

/** Where a worker answers, once it does; null where it ends before. */
const readinessOf = async (worker: Worker): Promise<string | null> => {
  const ready = once(worker, 'message').then(([message]) => (message as { readonly url: string }).url);
  return Promise.race([ready, endOf(worker).then(() => null)]);
};

/**
 * Runs this program `count` times. One that dies is replaced, after a while that becomes longer the sooner it died.
 * Answers null where the first one cannot start: it has said why, and none of the others could either.
 */
export const startWorkers = async (count: number, log: Logger): Promise<Workers | null> => {
  const stopping = new AbortController();
  const running = new Set<Worker>();

  const fork = () => {
    const worker = cluster.fork();
    running.add(worker);
    worker.once('exit', () => running.delete(worker));
    return worker;
  };

  /** Keeps one worker alive until all stop, and answers whether the last one ended well. */
  const keep = async (first: Worker): Promise<boolean> => {
    let worker = first;
    let backOffMs = FIRST_BACK_OFF_MS;
    for (;;) {
      const startedAt = performance.now();
      const { code, signal } = await endOf(worker);
      // One that was still starting could not hear the signal: it ended by it.
      if (stopping.signal.aborted) return code === 0 || signal === 'SIGTERM';
      if (performance.now() - startedAt > WELL_AFTER_MS) backOffMs = FIRST_BACK_OFF_MS;
      log.error({ code, signal, backOffMs }, 'a worker ended and will be replaced');
      await delay(backOffMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return true;
      backOffMs = Math.min(2 * backOffMs, LONGEST_BACK_OFF_MS);
      worker = fork();
    }
  };

  // Alone, so that what keeps all from starting is said once.
  const first = fork();
  const url = await readinessOf(first);
  if (url === null) return null;
  const workers = [first, ...Array.from({ length: count - 1 }, fork)];
  const kept = workers.map(keep);
  await Promise.all(workers.slice(1).map(readinessOf));

  return {
    url,
    stop: async () => {
      stopping.abort();
      for (const worker of running) worker.process.kill('SIGTERM');
      return (await Promise.all(kept)).every((isClean) => isClean);
    },
  };
};
