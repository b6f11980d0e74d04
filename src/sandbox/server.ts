import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ListenOptions {
  /** 0 picks a free one. */
  readonly port: number;
  readonly host: string;
  readonly onRequest: RequestListener;
}

/** A listening server; `close` ends every connection, idle, busy or hanging, and can be called twice. */
export interface Listener {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Longer than clients keep a connection, so that it is they who close it and none is reused while it closes. */
const KEEP_ALIVE_MS = 65_000;

const explain = (error: unknown, { port, host }: ListenOptions): Error => {
  if (!(error instanceof Error)) return new Error(String(error));
  const isInUse = 'code' in error && error.code === 'EADDRINUSE';
  const problem = isInUse
    ? `Port ${port} of ${host} is in use`
    : `Cannot listen on port ${port} of ${host} (${error.message})`;
  return new Error(`${problem}; choose another one, or 0 for any free one.`, { cause: error });
};

/** Where a client on this machine finds a server that listens on this address. */
const toUrl = ({ address, family, port }: AddressInfo): string => {
  if (family === 'IPv6') return `http://[${address === '::' ? '::1' : address}]:${port}`;
  return `http://${address === '0.0.0.0' ? '127.0.0.1' : address}:${port}`;
};

/** Starts to listen; rejects with an error that names the port where that is not possible. */
export const listen = async (options: ListenOptions): Promise<Listener> => {
  const server = createServer({ keepAlive: true, keepAliveTimeout: KEEP_ALIVE_MS }, options.onRequest);
  try {
    server.listen(options.port, options.host);
    await once(server, 'listening');
  } catch (error) {
    throw explain(error, options);
  }
  const address = server.address() as AddressInfo;
  let closed: Promise<unknown> | undefined;
  const close = async () => {
    closed ??= once(server.close(), 'close');
    server.closeAllConnections();
    await closed;
  };

  return { url: toUrl(address), port: address.port, close };
};
