import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { createContextFactory } from './context.ts';
import { createStreamRoute, type StreamedRequest, type StreamRouteOptions } from './stream-route.ts';
import { decodeGlobalId } from './global-id.ts';
import { badInput } from './input.ts';
import type { FindMedia } from './recording-media.ts';
import { RECORDINGS_PATH } from './schema/media-path.ts';
import { UpstreamError, type PlatformName } from './upstream/errors.ts';
import type { Transport, UpstreamStream } from './upstream/http.ts';

export interface RecordingRouteOptions extends StreamRouteOptions {
  readonly createContext: ReturnType<typeof createContextFactory>;
  readonly open: Transport['open'];
  readonly findMedia: Readonly<Record<string, FindMedia>>;
}

/** What is told again of an upstream answer, each in the one form in which it can only be what it says. */
const passed: readonly (readonly [string, RegExp])[] = [
  ['content-length', /^\d{1,15}$/],
  ['content-range', /^bytes (\d{1,15}-\d{1,15}|\*)\/(\d{1,15}|\*)$/],
  ['last-modified', /^[\w ,:+-]{1,40}$/],
  ['etag', /^(W\/)?"[\x21\x23-\x7e]{0,256}"$/],
];

/** Sounds and pictures alone: a page of somebody else's making must not run under this address. */
const toContentType = (type = ''): string =>
  /^((audio|video)\/[\w.+-]{1,64}|image\/(png|jpeg|gif|webp))$/.test(type)
    ? type
    : 'application/octet-stream';

const toHeaders = ({ headers }: UpstreamStream): Record<string, string> => ({
  'content-type': toContentType(headers['content-type']),
  'accept-ranges': 'bytes',
  'cache-control': 'private, no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  'content-disposition': 'inline',
  ...Object.fromEntries(
    passed.flatMap(([name, pattern]) => {
      const value = headers[name];
      return value !== undefined && pattern.test(value) ? [[name, value]] : [];
    }),
  ),
});

const RANGE = /^bytes=(\d{1,15}-\d{0,15}|-\d{1,15})$/;

/** A range that upstream is asked for; any other may be ignored (RFC 9110 §14.2). */
const toRange = ({ headers, method }: IncomingMessage): Record<string, string> => {
  const range = headers.range?.trim() ?? '';
  if (method !== 'GET' || !RANGE.test(range)) return {};
  const condition = headers['if-range'];
  return { range, ...(typeof condition === 'string' && { 'if-range': condition }) };
};

/** The error for an answer that holds no sound. */
const refuse = (status: number, platform: PlatformName): UpstreamError =>
  status === 404 || status === 410
    ? new UpstreamError({
        code: 'NOT_FOUND',
        platform,
        message: 'There is no sound of this recording any more.',
        status,
      })
    : new UpstreamError({
        code: 'UPSTREAM_UNAVAILABLE',
        platform,
        message: 'The platform did not give the sound of this recording. Try again.',
        status,
      });

/**
 * Answers `GET` and `HEAD` of a recording with its sound, for the credentials of GraphQL. The platform's address and
 * tokens stay here; what a client takes slowly is asked for slowly, and nothing more once it has gone.
 */
export const createRecordingRoute = ({
  createContext,
  open,
  findMedia,
  ...options
}: RecordingRouteOptions) => {
  const stream = async (
    request: IncomingMessage,
    response: ServerResponse,
    sound: UpstreamStream,
    platform: PlatformName,
  ): Promise<void> => {
    const { status } = sound;
    if (status !== 200 && status !== 206 && status !== 416) {
      sound.cancel();
      throw refuse(status, platform);
    }
    // Signed addresses are good for one method only, so that HEAD is a GET of which nothing is read.
    if (request.method === 'HEAD' || status === 416) {
      sound.cancel();
      const { 'content-length': length, ...headers } = toHeaders(sound);
      const isHead = request.method === 'HEAD' && length !== undefined;
      response.writeHead(status, { ...headers, 'content-length': isHead ? length : '0' }).end();
      return;
    }
    response.writeHead(status, toHeaders(sound));
    await pipeline(Readable.from(sound.body, { objectMode: false }), response);
  };

  const serve = async ({ request, response, url, caller }: StreamedRequest): Promise<null> => {
    const { pathname, searchParams } = url;
    const { typename, id } = decodeGlobalId(pathname.slice(RECORDINGS_PATH.length));
    const find = Object.hasOwn(findMedia, typename) ? findMedia[typename] : undefined;
    if (find === undefined) throw badInput('id', `must be the id of a recording, not of a ${typename}.`);
    const context = await createContext(caller);
    const wish = { format: searchParams.get('format'), channel: searchParams.get('channel') };
    const place = await find(id, wish, context);
    const passage = { headers: toRange(request), signal: caller.signal };
    const sound = await ('open' in place ? place.open(passage) : open({ ...place, ...passage }));
    await stream(request, response, sound, place.platform);
    return null;
  };

  return createStreamRoute('recording', serve, options);
};
