import { createHash } from 'node:crypto';
import { createClient, ErrorReply } from 'redis';
import type { Logger } from '../logger.ts';

/** What Redis answers, in the older of its two protocols, which knows neither maps nor booleans. */
export type Reply = string | number | null | readonly Reply[];

/** A script that Redis runs in one step. */
export interface Script {
  readonly text: string;
  readonly digest: string;
}

/** One connection to Redis, kept open and opened again for as long as it is not closed. */
export interface Redis {
  /**
   * Sends a command and answers the reply. Throws a {@link RedisError} at once while Redis is out of reach, and after
   * `patienceMs` where it does not answer: nothing waits in a queue, and nobody waits long (R31, R32). The command may
   * have been carried out all the same.
   */
  send(command: readonly string[]): Promise<Reply>;
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<Reply>;
  /** Calls `listener` whenever Redis has come into reach; answers how to stop that. */
  onReady(listener: () => void): () => void;
  close(): void;
}

/** Redis could not be reached, did not answer in time, or answered that something cannot be done. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
  /** Whether the key holds what this gateway did not put there. */
  readonly isPoison: boolean;

  constructor(reason: string, isPoison = false) {
    super(reason);
    this.isPoison = isPoison;
  }
}

export const createScript = (text: string): Script => ({
  text,
  digest: createHash('sha1').update(text).digest('hex'),
});

/** How long a command may take. A Redis that is well answers in a hundredth of that. */
const PATIENCE_MS = 300;
const CONNECT_TIMEOUT_MS = 2_000;
/** A connection without a sign of life is given up: the ping comes this often, and the end after three of them. */
const PING_MS = 1_000;
const SILENCE_MS = 3 * PING_MS;
/** More commands than this on their way at once are refused. */
const MOST_COMMANDS = 10_000;
const LONGEST_WAIT_MS = 2_000;

/** Instances that lost the same Redis must not all come back in the same moment. */
const toWait = (retries: number): number =>
  Math.min(LONGEST_WAIT_MS, 50 * 2 ** Math.min(retries, 10)) * (0.5 + Math.random() / 2);

/** What a failure says of itself, which holds no address: the address may hold a password. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message || error.name;
};

/** How Redis says that a key holds something else than what it should. */
const poisonPattern = /^(WRONGTYPE|ERR value is not an integer)/;

const toError = (error: unknown): RedisError =>
  error instanceof RedisError
    ? error
    : new RedisError(reasonOf(error), error instanceof ErrorReply && poisonPattern.test(error.message));

/** A reply that a command sends only when something happens comes late, and no ping may overtake it. */
export interface RedisOptions {
  readonly patienceMs: number;
}

/**
 * Opens a connection to Redis in the background: that Redis is absent keeps nothing from starting. With `patienceMs` it
 * is one for commands that wait until something happens.
 */
export const openRedis = (url: string, log: Logger, options?: RedisOptions): Redis => {
  const patienceMs = options?.patienceMs ?? PATIENCE_MS;
  let isLost = false;
  /** A command was not answered in time, and nothing was since: those that follow would wait in vain. */
  let isStalled = false;

  const client = createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MOST_COMMANDS,
    maintNotifications: 'disabled',
    disableClientInfo: true,
    ...(options === undefined && { pingInterval: PING_MS }),
    // Its own limit would cost a signal for each command, and end with the writing.
    commandOptions: { timeout: 0 },
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: options === undefined ? SILENCE_MS : patienceMs + PING_MS,
      reconnectStrategy: toWait,
    },
  });

  client.on('error', (error: unknown) => {
    if (isLost || client.isReady) return;
    isLost = true;
    log.warn({ reason: reasonOf(error) }, 'redis is out of reach');
  });
  client.on('ready', () => {
    isStalled = false;
    if (isLost) log.info('redis is back');
    isLost = false;
  });
  client.on('ping-interval', () => {
    isStalled = false;
  });
  // It goes on trying; when it is closed meanwhile, nobody wants to hear of that.
  client.connect().catch(() => undefined);

  const send = async (command: readonly string[]): Promise<Reply> => {
    if (!client.isReady) throw new RedisError('out of reach');
    if (isStalled) throw new RedisError('does not answer');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        isStalled = true;
        reject(new RedisError('did not answer in time'));
      }, patienceMs);
    });
    const answer = client.sendCommand<Reply>([...command]);
    const note = () => {
      isStalled = false;
    };
    // Also where it comes too late for whoever asked.
    answer.then(note, note);
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      throw toError(error);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    send,
    run: async ({ text, digest }, keys, args) => {
      const rest = [String(keys.length), ...keys, ...args];
      try {
        return await send(['EVALSHA', digest, ...rest]);
      } catch (error) {
        if (!(error instanceof RedisError) || !error.message.startsWith('NOSCRIPT')) throw error;
        return send(['EVAL', text, ...rest]);
      }
    },
    onReady: (listener) => {
      client.on('ready', listener);
      return () => client.off('ready', listener);
    },
    close: () => {
      if (client.isOpen) client.destroy();
    },
  };
};
