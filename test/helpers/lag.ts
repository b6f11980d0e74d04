import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';

/** A slow line to a server. */
export interface Lag {
  readonly port: number;
  /** From now on, everything takes so much longer in each direction. */
  set(ms: number): void;
  close(): Promise<void>;
}

/** A line to the port that `target` names, which takes no time until it is told to. */
export const startLag = async (target: () => number): Promise<Lag> => {
  const sockets = new Set<Socket>();
  let lagMs = 0;

  const carry = (from: Socket, to: Socket) => {
    from.on('data', (data) => {
      if (lagMs === 0) to.write(data);
      else setTimeout(() => to.write(data), lagMs);
    });
    from.once('close', () => to.destroy());
    from.on('error', () => to.destroy());
    sockets.add(from);
    from.once('close', () => sockets.delete(from));
  };

  const server = createServer((socket) => {
    const onward = createConnection(target(), '127.0.0.1');
    carry(socket, onward);
    carry(onward, socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    set: (ms) => {
      lagMs = ms;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
