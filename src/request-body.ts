import type { IncomingMessage } from 'node:http';

/** A body that is refused before it is understood. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly status: 400 | 408 | 411 | 413 | 415;

  constructor(status: BodyError['status'], message: string) {
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

const tooLarge = (limit: number) => new BodyError(413, `The body is larger than ${limit} bytes.`);

const refuseCompressed = ({ headers }: IncomingMessage): void => {
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() === 'identity') return;
  throw new BodyError(415, 'The body must not be compressed: send it without Content-Encoding.');
};

/** A body that is read whole comes within this time (R39); one that is passed on as it comes may take longer. */
const BODY_TIMEOUT_MS = 20_000;

const collect = async (request: IncomingMessage, limit: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** The body of a request as text, read up to `limit` bytes and not a byte further (S20). */
export const readBody = async (request: IncomingMessage, limit: number): Promise<string> => {
  const { 'content-length': length, 'content-type': contentType } = request.headers;
  refuseCompressed(request);
  if (!/^utf-?8$/i.test(charsetOf(contentType))) throw new BodyError(415, 'The body must be in UTF-8.');
  if (Number(length ?? 0) > limit) throw tooLarge(limit);
  let late: NodeJS.Timeout | undefined;
  const lateness = new Promise<never>((_resolve, reject) => {
    late = setTimeout(() => reject(new BodyError(408, 'The body did not come in time.')), BODY_TIMEOUT_MS);
  });
  const bytes = await Promise.race([collect(request, limit), lateness]).finally(() => clearTimeout(late));
  return decode(bytes);
};

/** How many bytes a body will have that is to be passed on as it comes: at least one and at most `limit`. */
export const readBodyLength = (request: IncomingMessage, limit: number): number => {
  refuseCompressed(request);
  const length = request.headers['content-length'];
  if (length === undefined)
    throw new BodyError(411, 'The request must tell the length of its body in Content-Length.');
  if (Number(length) === 0) throw new BodyError(400, 'The body must have at least one byte.');
  if (Number(length) > limit) throw tooLarge(limit);
  return Number(length);
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
