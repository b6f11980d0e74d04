import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { createMemoryState } from './memory-state.ts';
import type { State } from './state.ts';

/** The state of this gateway: in Redis, shared with all instances, where there is one; else in memory. */
export const openState = async (config: Config, log: Logger): Promise<State> => {
  if (config.redisUrl === null) return createMemoryState(config);
  // Loaded only where it is needed: it takes 30 MB and a sixth of a second.
  const { openRedisState } = await import('./redis-state.ts');
  return openRedisState(config.redisUrl, config, log);
};
