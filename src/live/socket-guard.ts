import type { WebSocket } from 'ws';
import type { Logger } from '../logger.ts';
import type { RateLimiter } from '../state/rate-limit.ts';
import { closing } from './closing.ts';
import { createRate } from './rate.ts';

/** What a client may do over one socket (S28). One that comes back begins all its operations at once. */
export const socketLimits = {
  messageBytes: 64 * 1024,
  operations: 100,
  messages: { perSecond: 50, atOnce: 150 },
  /** As long as nobody knows who it is. */
  messagesOfStrangers: { perSecond: 1, atOnce: 10 },
  socketsPerPrincipal: 20,
} as const;

/** A socket that had to be closed counts as so many operations that were refused. */
const CLOSED_WEIGHT = 100;

export interface GuardOptions {
  readonly socket: WebSocket;
  readonly source: string;
  /** Counts what comes over sockets and should not, by their source. */
  readonly abuse: RateLimiter;
  readonly close: (socket: WebSocket, code: number, reason: string) => void;
  readonly log: Logger;
}

/** Watches what comes over one socket: what is too much closes it, and is counted against where it comes from. */
export const createGuard = ({ socket, source, abuse, close, log }: GuardOptions) => {
  let limit: { readonly perSecond: number; readonly atOnce: number } = socketLimits.messagesOfStrangers;
  let hasRoom = createRate(limit);

  /** Whether there is still room for more of it from there. */
  const blame = (points: number): boolean => {
    if (abuse.wait(source) > 0) return false;
    abuse.take(source, points);
    const waitMs = abuse.wait(source);
    if (waitMs > 0) log.warn({ source, waitMs }, 'an address gets no more sockets for a while');
    return waitMs === 0;
  };

  const reject = (code: number, reason: string) => {
    close(socket, code, reason);
    log.info({ source, code, reason }, 'a socket was closed because of what came over it');
    blame(CLOSED_WEIGHT);
  };

  socket.on('error', (error: Error & { readonly code?: string }) => {
    // What is too large, or no WebSocket at all, is told and ended by the library.
    if (error.code?.startsWith('WS_ERR_') !== true) return;
    log.info({ source, code: error.code }, 'a socket was closed because of what came over it');
    blame(CLOSED_WEIGHT);
  });

  return {
    /** From now on it may do what those may who are known. */
    trust: () => {
      limit = socketLimits.messages;
      hasRoom = createRate(limit);
    },
    reject,
    /** Counts an operation that was refused. */
    noteRefused: () => {
      if (!blame(1)) close(socket, closing.policyViolation, 'Too many operations were refused');
    },
    /** Whether something that came is to be dealt with: not what a client still sends that was told to go. */
    isWelcome: (): boolean => {
      if (socket.readyState !== socket.OPEN) return false;
      if (hasRoom()) return true;
      const reason =
        limit === socketLimits.messages
          ? `More than ${limit.perSecond} messages a second`
          : `More than ${limit.atOnce} messages before connection_ack`;
      reject(closing.policyViolation, reason);
      return false;
    },
  };
};
