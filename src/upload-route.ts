import type { createContextFactory } from './context.ts';
import { keyOf, splitKey } from './global-id.ts';
import { conflict } from './input.ts';
import { readBodyLength } from './request-body.ts';
import { mediaPathOf, UPLOADS_PATH } from './schema/media-path.ts';
import type { Leases } from './state/lease.ts';
import { createStreamLimit } from './stream-limit.ts';
import { createStreamRoute, type StreamedRequest, type StreamRouteOptions } from './stream-route.ts';

export interface UploadRouteOptions extends StreamRouteOptions {
  readonly createContext: ReturnType<typeof createContextFactory>;
  readonly leases: Leases;
  /** The most bytes of one file. */
  readonly maxBytes: number;
}

/** How long a file of an instance that has died stays closed to others. */
const LEASE_MS = 5_000;

/**
 * Takes the bytes of a file that `uploadAttachment` has announced, by `PUT` and for the credentials of GraphQL, and
 * passes them on as they come, one client at a time. What kind of file it is was announced: what the request says of it
 * is not looked at.
 */
export const createUploadRoute = ({ createContext, leases, maxBytes, ...options }: UploadRouteOptions) => {
  const enter = createStreamLimit('uploads');

  const serve = async ({ request, response, url, caller }: StreamedRequest): Promise<null> => {
    const id = keyOf('Attachment', url.pathname.slice(UPLOADS_PATH.length), 'id');
    const length = readBodyLength(request, maxBytes);
    const leave = enter(caller.credentials);
    try {
      const lease = await leases.acquire(`upload ${id}`, LEASE_MS);
      if (lease === null) throw conflict('id', 'is of a file that is being uploaded.');
      try {
        const { cloudlink } = await createContext(caller);
        const [conversationId, attachmentId] = splitKey(id);
        const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
        const { name, contentType, size } = await cloudlink.attachments.upload(
          { conversationId, attachmentId },
          { length, body, signal: caller.signal },
        );
        const path = mediaPathOf('Attachment', id);
        const text = JSON.stringify({ name, contentType, size, path });
        response
          .writeHead(201, {
            location: path,
            'content-type': 'application/json; charset=utf-8',
            'content-length': Buffer.byteLength(text),
          })
          .end(text);
        return null;
      } finally {
        await lease.release();
      }
    } finally {
      leave();
    }
  };

  return createStreamRoute('upload', serve, options);
};
