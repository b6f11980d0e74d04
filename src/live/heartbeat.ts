import type { WebSocket } from 'ws';

/**
 * Looks every so often whether somebody is still there, and cuts off whoever has not answered until the next time: a peer
 * that has gone without a word is gone after twice that (R41). Anything that comes counts as an answer.
 */
export const watchPeer = (socket: WebSocket, intervalMs: number): void => {
  let isAlive = true;
  const show = () => {
    isAlive = true;
  };
  const look = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, intervalMs);
  look.unref();
  socket.on('pong', show);
  socket.on('ping', show);
  socket.on('message', show);
  socket.once('close', () => clearInterval(look));
};
