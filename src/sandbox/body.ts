import type { IncomingMessage } from 'node:http';

/** One provider's cap for a request body (subscriber-api.md §3.8), taken for both platforms. */
export const MAX_BODY_BYTES = 25 * 1024 * 1024;

/** A body as far as it was kept, and how long it was. */
export interface ReadBody {
  readonly content: Buffer;
  readonly isTooLarge: boolean;
}

/**
 * Reads a request to its end; undefined where the client went away before. What is beyond the cap is
 * read and dropped, because a client that is cut off while it sends never sees the answer.
 */
export const readBody = async (request: IncomingMessage): Promise<ReadBody | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return { content: Buffer.concat(chunks), isTooLarge: size > MAX_BODY_BYTES };
};
