import { connect } from 'node:net';

/** What came back over a socket until it was closed, piece by piece as it arrived. */
export interface RawAnswer {
  readonly pieces: readonly string[];
  readonly text: string;
  /** Such as ECONNRESET; undefined where the server closed the connection in an orderly way. */
  readonly errorCode: string | undefined;
}

/** Sends bytes as they are, for what HTTP clients hide, and listens until the connection is closed. */
export const sendRaw = (port: number, request: string): Promise<RawAnswer> =>
  new Promise((resolve) => {
    const pieces: string[] = [];
    let errorCode: string | undefined;
    const socket = connect(port, '127.0.0.1', () => socket.write(request, 'latin1'));
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => pieces.push(piece));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      errorCode = error.code;
    });
    socket.on('close', () => resolve({ pieces, text: pieces.join(''), errorCode }));
  });
