import type { createContextFactory } from './context.ts';
import { keyOf, splitKey } from './global-id.ts';
import { readBodyLength } from './request-body.ts';
import { mediaPathOf, UPLOADS_PATH } from './schema/media-path.ts';
import { createStreamRoute, type StreamedRequest, type StreamRouteOptions } from './stream-route.ts';

export interface UploadRouteOptions extends StreamRouteOptions {
  readonly createContext: ReturnType<typeof createContextFactory>;
  /** The most bytes of one file. */
  readonly maxBytes: number;
}

/**
 * Takes the bytes of a file that `uploadAttachment` has announced, by `PUT` and for the credentials of GraphQL, and
 * passes them on as they come. What kind of file it is was announced: what the request says of it is not looked at.
 */
export const createUploadRoute = ({ createContext, maxBytes, ...options }: UploadRouteOptions) => {
  const serve = async ({ request, response, url, caller }: StreamedRequest): Promise<null> => {
    const id = keyOf('Attachment', url.pathname.slice(UPLOADS_PATH.length), 'id');
    const length = readBodyLength(request, maxBytes);
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
  };

  return createStreamRoute('upload', serve, options);
};
