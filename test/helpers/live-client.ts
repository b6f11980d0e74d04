import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { LiveResult, Stream } from './live-stream.ts';

/** What a client was told of one event. */
export interface Told {
  readonly key: string;
  readonly cursor: string;
  readonly at: number;
}

export interface LiveClientOptions {
  readonly stream: Stream;
  readonly credentials: Readonly<Record<string, string>>;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Where it connects, asked each time. */
  readonly pick: () => string;
  /** Names an event, of what its subscription answers; equal for two that tell the same. */
  readonly keyOf: (event: any) => string;
}

/** A client as they are: it comes back after every end of its stream, to whichever instance, with its cursor. */
export interface LiveClient {
  readonly told: readonly Told[];
  /** Codes that ended its streams, in order. */
  readonly codes: readonly string[];
  readonly connections: () => number;
  /** Resolves once it was told of so many events. */
  hear(count: number): Promise<void>;
  /** Cuts its connection; it comes back after `until`. */
  cut(until?: Promise<unknown>): void;
  stop(): Promise<void>;
}

/** How soon it comes back after an end that it did not wish for, as clients' libraries do. */
const BACK_MS = 100;

export const startLiveClient = (options: LiveClientOptions): LiveClient => {
  const { stream, credentials, query, variables = {}, pick, keyOf } = options;
  const told: Told[] = [];
  const codes: string[] = [];
  const looking = new Set<() => void>();
  const stopping = new AbortController();
  const stopped = once(stopping.signal, 'abort');
  let cursor: string | null = null;
  let connections = 0;
  let connection = new AbortController();
  let away: Promise<unknown> = Promise.resolve();

  const take = ({ data, errors = [] }: LiveResult) => {
    for (const event of Object.values(data ?? {})) {
      ({ cursor } = event);
      told.push({ key: keyOf(event), cursor: event.cursor, at: performance.now() });
      for (const look of looking) look();
    }
    for (const { extensions } of errors) {
      codes.push(String(extensions['code']));
      // Both say where to go on from; after the first of them the client reads anew what it shows.
      if (['RESYNC_REQUIRED', 'SUBSCRIBER_TOO_SLOW'].includes(extensions['code']))
        cursor = extensions['cursor'];
    }
  };

  const run = async () => {
    while (!stopping.signal.aborted) {
      connection = new AbortController();
      connections += 1;
      const signal = AbortSignal.any([connection.signal, stopping.signal]);
      await stream({ url: pick(), credentials, query, variables, after: cursor, onResult: take, signal });
      await Promise.race([away, stopped]);
      if (!connection.signal.aborted) await Promise.race([delay(BACK_MS), stopped]);
    }
  };
  const running = run();

  return {
    told,
    codes,
    connections: () => connections,
    hear: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (told.length < count) return;
          looking.delete(look);
          resolve();
        };
        looking.add(look);
        look();
      }),
    cut: (until = Promise.resolve()) => {
      away = until;
      connection.abort();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
};
