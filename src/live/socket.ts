import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, type ExecutionArgs, type ExecutionResult } from 'graphql';
import {
  CloseCode,
  handleProtocols,
  makeServer,
  type OperationResult,
  type SubscribePayload,
} from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { isAnonymous, readCredentials } from '../auth.ts';
import { createConnection, type Connection } from '../connection.ts';
import { maskError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { RateLimiter } from '../state/rate-limit.ts';
import { createCensus } from './census.ts';
import { toWire } from './event-result.ts';
import { watchPeer } from './heartbeat.ts';
import { prepareOperation, type Enveloped, type Prepared } from './operation.ts';
import { closing, toReason } from './closing.ts';
import { createGuard, socketLimits } from './socket-guard.ts';
import { spread } from './spread.ts';
import { createTextResults } from './text-result.ts';
import { createTurns } from './turns.ts';

const INIT_TIMEOUT_MS = 5_000;
/** A client that is told to go, and does not answer, is cut off after this long. */
const CLOSE_TIMEOUT_MS = 2_000;

/** One operation of a socket. */
export interface SocketOperation {
  readonly connection: Connection;
  readonly payload: SubscribePayload;
  /** See `toSource`. */
  readonly source: string;
  /** Aborted when the client has gone, or does not want the answer any more. */
  readonly signal: AbortSignal;
}

export interface SocketOptions {
  /** What carries out an operation; throws where it is refused before it is looked at. */
  readonly enveloped: (operation: SocketOperation) => Enveloped;
  /** Throws where too many want to be let in from there. */
  readonly admitFrom: (source: string) => void;
  /** Proves the credentials; rejects where a platform refuses them. Answers a key of who it is. */
  readonly admit: (connection: Connection) => Promise<string>;
  /** Whether `admit` was told that the credentials are no good; else nobody could say. */
  readonly isRefusal: (error: unknown) => boolean;
  /** Told of operations that were refused before they began. */
  readonly onRefused: (connection: Connection, errors: readonly GraphQLError[]) => void;
  readonly sourceOf: (request: IncomingMessage) => string;
  /** Counts what comes over sockets and should not, by their source. */
  readonly abuse: RateLimiter;
  readonly heartbeatMs: number;
  readonly log: Logger;
}

interface ClientOptions {
  readonly source: string;
  readonly requestId: unknown;
  /** Called once it is known who it is. */
  readonly onEnter: () => void;
  readonly noteRefused: () => void;
}

/** What belongs to one socket. */
interface Client {
  /** Lets it in, or closes it and says why. */
  enter(params: Readonly<Record<string, unknown>>): Promise<void>;
  /** The operation that begins under this id, and lasts as long as it is wanted. */
  begin(id: string, payload: SubscribePayload, isWanted: () => boolean): SocketOperation;
  /** Ends what is not wanted any more: the protocol has no other word for it, but forgets it. */
  sweep(): void;
  /** Counts an operation that was refused. */
  noteRefused(): void;
}

const tooMany = new GraphQLError(`More than ${socketLimits.operations} operations at a time on one socket.`, {
  extensions: { code: 'RATE_LIMITED', retryable: true },
});

/** Every operation brings the functions that carry it out. */
const carryOut = (kind: 'execute' | 'subscribe') => (args: ExecutionArgs) =>
  (args as Prepared).rootValue[kind]({ ...args, rootValue: undefined }) as OperationResult;

const isPrepared = (result: Prepared | readonly GraphQLError[]): result is Prepared => 'schema' in result;

/** The credentials of a client, by the names that headers have; letter case is as free as there. */
const readParams = (params: Readonly<Record<string, unknown>>) => {
  const given = new Map(Object.entries(params).map(([name, value]) => [name.toLowerCase(), value]));
  return readCredentials((name) => {
    const value = given.get(name.toLowerCase());
    return typeof value === 'string' ? value : null;
  });
};

/** GraphQL over WebSocket, by the protocol graphql-transport-ws, on connections that a server hands over. */
export const createSockets = ({
  enveloped,
  admitFrom,
  admit,
  isRefusal,
  onRefused,
  sourceOf,
  abuse,
  heartbeatMs,
  log,
}: SocketOptions) => {
  const census = createCensus(socketLimits.socketsPerPrincipal);
  const results = createTextResults();

  const graphql = makeServer<Record<string, unknown>, Client>({
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    onConnect: async ({ connectionParams, extra }) => {
      await extra.enter(connectionParams ?? {});
      // What comes back goes to nobody where the socket was closed; the library would close it with a reason of its own.
      return true;
    },
    onSubscribe: async (context, id, payload) => {
      const operation = context.extra.begin(id, payload, () => id in context.subscriptions);
      const prepared =
        Object.keys(context.subscriptions).length > socketLimits.operations
          ? [tooMany]
          : await prepareOperation(payload, () => enveloped(operation));
      if (!isPrepared(prepared)) {
        onRefused(operation.connection, prepared);
        context.extra.noteRefused();
      }
      return prepared;
    },
    execute: carryOut('execute'),
    subscribe: carryOut('subscribe'),
    onError: (_context, _id, _payload, errors) => errors.map(toWire) as never,
    onNext: (_context, _id, _payload, _args, result) => results.place(result as ExecutionResult) as never,
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: socketLimits.messageBytes,
    perMessageDeflate: false,
    // A pong for each of a thousand pings would wait in memory for a client that does not read them.
    autoPong: false,
    handleProtocols: (protocols) => handleProtocols(protocols),
  });

  const close = (socket: WebSocket, code?: number, reason?: string) => {
    socket.close(code, reason === undefined ? undefined : toReason(reason));
    const limit = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
    limit.unref();
    socket.once('close', () => clearTimeout(limit));
  };

  const createClient = (
    socket: WebSocket,
    { source, requestId, onEnter, noteRefused }: ClientOptions,
  ): Client => {
    const gone = new AbortController();
    const running = new Map<
      string,
      { readonly controller: AbortController; readonly isWanted: () => boolean }
    >();
    let connection: Connection | null = null;

    const end = (id: string) => {
      running.get(id)?.controller.abort();
      running.delete(id);
    };
    socket.once('close', () => {
      gone.abort();
      for (const id of running.keys()) end(id);
    });

    const tryAdmit = async (own: Connection): Promise<string | null> => {
      try {
        admitFrom(source);
        return await admit(own);
      } catch (error) {
        const { message: told } = maskError(error);
        log.info({ reason: told, requestId }, 'a socket was refused');
        const isOwn = error instanceof GraphQLError || isRefusal(error);
        const reason = isOwn ? told : 'No platform can be asked who this is';
        close(socket, isRefusal(error) ? CloseCode.Forbidden : closing.tryAgainLater, reason);
        return null;
      }
    };

    return {
      enter: async (params) => {
        const own = createConnection(readParams(params), gone.signal);
        if (isAnonymous(own.credentials())) {
          const reason = 'Unauthorized: send the tokens in the payload of connection_init';
          close(socket, CloseCode.Unauthorized, reason);
          return;
        }
        const principal = await tryAdmit(own);
        // Whoever was refused or has gone meanwhile is not counted: nobody would tell when to stop.
        if (principal === null || gone.signal.aborted) return;
        const leave = census.enter([principal]);
        if (leave === null) {
          const reason = `More than ${socketLimits.socketsPerPrincipal} sockets of one principal`;
          close(socket, closing.policyViolation, reason);
          return;
        }
        socket.once('close', leave);
        connection = own;
        onEnter();
      },
      begin: (id, payload, isWanted) => {
        if (connection === null) throw new Error('an operation began before its client was let in');
        end(id);
        const controller = new AbortController();
        running.set(id, { controller, isWanted });
        return { connection, payload, source, signal: controller.signal };
      },
      sweep: () => {
        for (const [id, { isWanted }] of running) if (!isWanted()) end(id);
      },
      noteRefused,
    };
  };

  const accept = (socket: WebSocket, request: IncomingMessage) => {
    const source = sourceOf(request);
    const guard = createGuard({ socket, source, abuse, close, log });
    const client = createClient(socket, {
      source,
      requestId: request.headers['x-request-id'],
      onEnter: guard.trust,
      noteRefused: guard.noteRefused,
    });
    const takeTurn = createTurns();

    const closed = graphql.opened(
      {
        protocol: socket.protocol,
        send: (message) =>
          new Promise((resolve, reject) => {
            const whole = results.fill(message);
            if (socket.readyState !== socket.OPEN) return resolve();
            // Resolves when it has been taken: nothing more is made for a client that does not read (R23).
            socket.send(whole, (error) => (error ? reject(error) : resolve()));
          }),
        close: (code, reason) => close(socket, code, reason),
        onMessage: (listener) =>
          socket.on('message', (data, isBinary) => {
            if (!guard.isWelcome()) return;
            if (isBinary) return guard.reject(closing.unsupportedData, 'Messages are text');
            takeTurn(() => {
              if (socket.readyState !== socket.OPEN) return;
              listener((data as Buffer).toString()).then(
                () => client.sweep(),
                (error: unknown) => {
                  client.sweep();
                  if (socket.readyState !== socket.OPEN) return;
                  log.error({ err: error }, 'a message could not be handled');
                  close(socket, CloseCode.InternalServerError, 'Internal server error');
                },
              );
            });
          }),
      },
      client,
    );

    watchPeer(socket, heartbeatMs);
    socket.on('ping', (data) => {
      if (guard.isWelcome()) socket.pong(data);
    });
    socket.on('error', (error) => log.debug({ err: error }, 'a socket failed'));
    socket.once('close', (code, reason) => {
      closed(code, String(reason)).catch((error: unknown) => {
        log.error({ err: error }, 'a socket could not be left');
      });
    });
  };

  return {
    /** For how many milliseconds nobody from where this comes gets a socket; 0 for those who do. */
    wait: (request: IncomingMessage): number => abuse.wait(sourceOf(request)),
    /** Takes over a connection that asks to become a socket. */
    upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      sockets.handleUpgrade(request, socket, head, (websocket) => accept(websocket, request));
    },
    /** Tells every client to come back, each at a moment of its own within `spreadMs`, and waits until they have gone. */
    drain: (spreadMs: number): Promise<void> =>
      spread(sockets.clients, spreadMs, async (client) => {
        if (client.readyState === client.CLOSED) return;
        const gone = new Promise((resolve) => client.once('close', resolve));
        close(client, closing.goingAway, 'Going away: connect again');
        await gone;
      }),
    close: (): void => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
};
