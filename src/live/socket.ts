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
import { readCredentials } from '../auth.ts';
import { createConnection, type Connection } from '../connection.ts';
import type { Logger } from '../logger.ts';
import { createCensus } from './census.ts';
import { toWire } from './event-result.ts';
import { watchPeer } from './heartbeat.ts';
import { prepareOperation, type Enveloped, type Prepared } from './operation.ts';
import { createRate } from './rate.ts';
import { spread } from './spread.ts';
import { createTextResults } from './text-result.ts';

/** What a client may do over one socket (S28). One that comes back begins all its operations at once. */
export const socketLimits = {
  messageBytes: 64 * 1024,
  operations: 100,
  messages: { perSecond: 50, atOnce: 150 },
  socketsPerPrincipal: 20,
} as const;

const INIT_TIMEOUT_MS = 5_000;
/** A client that is told to go, and does not answer, is cut off after this long. */
const CLOSE_TIMEOUT_MS = 2_000;

/** The words of RFC 6455 for how a socket ends that is not as it should be: come back, never like this, later. */
const closing = {
  goingAway: 1001,
  unsupportedData: 1003,
  policyViolation: 1008,
  tryAgainLater: 1013,
} as const;

const closeReason: Readonly<Record<number, string>> = {
  [CloseCode.Unauthorized]: 'Unauthorized',
  [CloseCode.Forbidden]: 'Forbidden',
};

/** One operation of a socket. */
export interface SocketOperation {
  readonly connection: Connection;
  readonly payload: SubscribePayload;
  /** Aborted when the client has gone, or does not want the answer any more. */
  readonly signal: AbortSignal;
}

export interface SocketOptions {
  /** What carries out an operation. */
  readonly enveloped: (operation: SocketOperation) => Enveloped;
  /** Proves the credentials; rejects where a platform refuses them. Answers a key of who it is. */
  readonly admit: (connection: Connection) => Promise<string>;
  /** Whether `admit` was told that the credentials are no good; else nobody could say. */
  readonly isRefusal: (error: unknown) => boolean;
  /** Told of operations that were refused before they began. */
  readonly onRefused: (connection: Connection, errors: readonly GraphQLError[]) => void;
  readonly heartbeatMs: number;
  readonly log: Logger;
}

/** What belongs to one socket. */
interface Client {
  /** Lets it in, or closes it. Answers false where it is forbidden. */
  enter(params: Readonly<Record<string, unknown>>): Promise<boolean>;
  /** The operation that begins under this id, and lasts as long as it is wanted. */
  begin(id: string, payload: SubscribePayload, isWanted: () => boolean): SocketOperation;
  /** Ends what is not wanted any more: the protocol has no other word for it, but forgets it. */
  sweep(): void;
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
  admit,
  isRefusal,
  onRefused,
  heartbeatMs,
  log,
}: SocketOptions) => {
  const census = createCensus(socketLimits.socketsPerPrincipal);
  const results = createTextResults();

  const graphql = makeServer<Record<string, unknown>, Client>({
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    onConnect: ({ connectionParams, extra }) => extra.enter(connectionParams ?? {}),
    onSubscribe: async (context, id, payload) => {
      const operation = context.extra.begin(id, payload, () => id in context.subscriptions);
      const prepared =
        Object.keys(context.subscriptions).length > socketLimits.operations
          ? [tooMany]
          : await prepareOperation(payload, enveloped(operation));
      if (!isPrepared(prepared)) onRefused(operation.connection, prepared);
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
    socket.close(code, reason);
    const limit = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
    limit.unref();
    socket.once('close', () => clearTimeout(limit));
  };

  const createClient = (socket: WebSocket, requestId: unknown): Client => {
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
        return await admit(own);
      } catch (error) {
        log.info({ err: error, requestId }, 'a socket was refused');
        if (!isRefusal(error)) close(socket, closing.tryAgainLater, 'No platform can be asked who this is');
        return null;
      }
    };

    return {
      enter: async (params) => {
        const own = createConnection(readParams(params), gone.signal);
        if (Object.values(own.credentials()).every((credential) => credential === null)) {
          const reason = 'Unauthorized: send the tokens in the payload of connection_init';
          close(socket, CloseCode.Unauthorized, reason);
          return true;
        }
        const principal = await tryAdmit(own);
        // One that was refused is still open, for the protocol to close it with the code that says so.
        if (principal === null) return socket.readyState !== socket.OPEN;
        // Whoever has gone meanwhile is not counted: nobody would tell when to stop.
        if (gone.signal.aborted) return true;
        const leave = census.enter(principal);
        if (leave === null) {
          const reason = `More than ${socketLimits.socketsPerPrincipal} sockets of one principal`;
          close(socket, closing.policyViolation, reason);
          return true;
        }
        socket.once('close', leave);
        connection = own;
        return true;
      },
      begin: (id, payload, isWanted) => {
        if (connection === null) throw new Error('an operation began before its client was let in');
        end(id);
        const controller = new AbortController();
        running.set(id, { controller, isWanted });
        return { connection, payload, signal: controller.signal };
      },
      sweep: () => {
        for (const [id, { isWanted }] of running) if (!isWanted()) end(id);
      },
    };
  };

  const accept = (socket: WebSocket, request: IncomingMessage) => {
    const hasRoom = createRate(socketLimits.messages);
    const client = createClient(socket, request.headers['x-request-id']);

    /** Whether something that came is to be dealt with: not what a client still sends that was told to go. */
    const isWelcome = (): boolean => {
      if (socket.readyState !== socket.OPEN) return false;
      if (hasRoom()) return true;
      const { perSecond } = socketLimits.messages;
      close(socket, closing.policyViolation, `More than ${perSecond} messages a second`);
      return false;
    };

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
        close: (code, reason) =>
          close(socket, code, reason || (code === undefined ? undefined : closeReason[code])),
        onMessage: (listener) =>
          socket.on('message', (data, isBinary) => {
            if (!isWelcome()) return;
            if (isBinary) return close(socket, closing.unsupportedData, 'Messages are text');
            listener((data as Buffer).toString()).then(
              () => client.sweep(),
              (error: unknown) => {
                client.sweep();
                if (socket.readyState !== socket.OPEN) return;
                log.error({ err: error }, 'a message could not be handled');
                close(socket, CloseCode.InternalServerError, 'Internal server error');
              },
            );
          }),
      },
      client,
    );

    watchPeer(socket, heartbeatMs);
    socket.on('ping', (data) => {
      if (isWelcome()) socket.pong(data);
    });
    socket.on('error', (error) => log.debug({ err: error }, 'a socket failed'));
    socket.once('close', (code, reason) => {
      closed(code, String(reason)).catch((error: unknown) => {
        log.error({ err: error }, 'a socket could not be left');
      });
    });
  };

  return {
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
