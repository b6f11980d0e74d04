import { Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { createLogger, type Logger } from '../../src/logger.ts';
import { openState } from '../../src/state/index.ts';
import type { State } from '../../src/state/state.ts';
import { isRedisMissing, redisHint, withRedis, type TestRedis } from './redis.ts';

/** A log that keeps its lines. */
export const createTestLog = (): { readonly log: Logger; readonly lines: readonly string[] } => {
  const lines: string[] = [];
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    lines.push(chunk.toString());
    done();
  };
  return { log: createLogger('debug', new Writable({ write })), lines };
};

export interface TestStates {
  /** Null where the state is in memory. */
  readonly redis: TestRedis | null;
  /** The state of one more instance; in memory there is only one. */
  open(): Promise<State>;
  readonly lines: readonly string[];
}

/** Settings beside those of the state. */
type Env = Readonly<Record<string, string>>;

/** Opens the state of an instance as the gateway does; closed when the test is over. */
export const openTestState = async (url: string | null, log: Logger, env: Env = {}): Promise<State> => {
  const state = await openState(parseConfig({ ...env, ...(url !== null && { REDIS_URL: url }) }), log);
  onTestFinished(() => state.close());
  return state;
};

/** Waits until an instance reaches its Redis. */
export const untilReady = async ({ sessions }: State): Promise<void> => {
  for (;;) {
    try {
      await sessions.read('nobody');
      return;
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
};

const openMemory = async (env: Env = {}): Promise<TestStates> => {
  const { log, lines } = createTestLog();
  const state = await openTestState(null, log, env);
  return { redis: null, lines, open: async () => state };
};

/** Instances over one Redis. */
export const withRedisStates = async (env: Env = {}, options: { readonly keeps?: boolean } = {}) => {
  const { log, lines } = createTestLog();
  const redis = await withRedis(options);
  const open = async () => {
    const state = await openTestState(redis.url, log, env);
    await untilReady(state);
    return state;
  };
  return { redis, lines, open };
};

/** The forms of the state, for tests that hold for both. */
export const forms: readonly {
  readonly form: string;
  readonly isMissing: boolean;
  readonly open: (env?: Env) => Promise<TestStates>;
}[] = [
  { form: 'in memory', isMissing: false, open: openMemory },
  { form: `in Redis${redisHint}`, isMissing: isRedisMissing, open: withRedisStates },
];
