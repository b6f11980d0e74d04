import type { WebSocket } from 'ws';
import type { RateLimiter } from '../state/rate-limit.ts';
import { createRate } from './rate.ts';

/** What a client may do over one socket (S28). One that comes back begins all its operations at once. */
export const socketLimits = {
  messageBytes: 64 * 1024,
  operations: 100,
  messages: { perSecond: 50, atOnce: 150 },
  /** As long as nobody knows who it is. */
  messagesOfStrangers: { perSecond: 1, atOnce: 10 },
  socketsPerPrincipal: 20,
  /** Whoever goes on after so many has not understood them. */
  refusals: { perSecond: 1, atOnce: 100 },
} as const;

/** The words of RFC 6455 for how a socket ends that is not as it should be: come back, never like this, later. */
export const closing = {
  goingAway: 1001,
  unsupportedData: 1003,
  policyViolation: 1008,
  tryAgainLater: 1013,
} as const;

export interface GuardOptions {
  readonly socket: WebSocket;
  readonly source: string;
  /** Counts the sockets that had to be closed because of what came over them, by their source. */
  readonly abuse: RateLimiter;
  readonly close: (socket: WebSocket, code: number, reason: string) => void;
}

/** Watches what comes over one socket: what is too much closes it, and is counted against where it comes from. */
export const createGuard = ({ socket, source, abuse, close }: GuardOptions) => {
  let limit: { readonly perSecond: number; readonly atOnce: number } = socketLimits.messagesOfStrangers;
  let hasRoom = createRate(limit);
  const hasRoomForRefusal = createRate(socketLimits.refusals);

  const reject = (code: number, reason: string) => {
    close(socket, code, reason);
    void abuse.count(source);
  };

  socket.on('error', (error: Error & { readonly code?: string }) => {
    // What is too large, or no WebSocket at all, is told and ended by the library.
    if (error.code?.startsWith('WS_ERR_') === true) void abuse.count(source);
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
      if (!hasRoomForRefusal()) reject(closing.policyViolation, 'Too many operations were refused');
    },
    /** Whether something that came is to be dealt with: not what a client still sends that was told to go. */
    isWelcome: (): boolean => {
      if (socket.readyState !== socket.OPEN) return false;
      if (hasRoom()) return true;
      reject(closing.policyViolation, `More than ${limit.perSecond} messages a second`);
      return false;
    },
  };
};
