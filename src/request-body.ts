import type { IncomingMessage } from 'node:http';

/** A body that is refused before it is understood. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly status: 413 | 415 | 400;

  constructor(status: 413 | 415 | 400, message: string) {
    super(message);
    this.status = status;
  }
}

const charsetOf = (contentType: string | undefined) =>
  /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';

/** Bytes that are no UTF-8 are refused: replaced by question marks, a password would be another password. */
const decode = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BodyError(400, 'The body is not valid UTF-8.');
  }
};

/** The body of a request as text, read up to `limit` bytes and not a byte further (S20). */
export const readBody = async (request: IncomingMessage, limit: number): Promise<string> => {
  const {
    'content-length': length,
    'content-encoding': encoding,
    'content-type': contentType,
  } = request.headers;
  const tooLarge = () => new BodyError(413, `The body is larger than ${limit} bytes.`);
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new BodyError(415, 'The body must not be compressed: send it without Content-Encoding.');
  }
  if (!/^utf-?8$/i.test(charsetOf(contentType))) throw new BodyError(415, 'The body must be in UTF-8.');
  if (Number(length ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return decode(Buffer.concat(chunks));
};

/** How long a client may go on sending a body that was refused. */
const DISCARD_MS = 1_000;

/**
 * Throws away what a client still sends of a body that was refused. One that is cut off while it writes may never read
 * the answer.
 */
export const discardBody = (request: IncomingMessage): void => {
  const limit = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, DISCARD_MS);
  request.once('close', () => clearTimeout(limit)).resume();
};
