import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Description, Incoming, Reply } from '../exchange.ts';
import { createAudio, isMediaFormat, type MediaFormatName } from './audio.ts';
import { signToken, verifyToken } from './jwt.ts';
import { toIso } from './live-call.ts';
import type { Recording } from './recording-record.ts';
import type { Call } from './service.ts';
import type { Store } from './store.ts';

/** Where media is found: not a service, but the host of its own that the signed addresses lead to. */
export const MEDIA_PREFIX = '/media-content';

const LIFETIME_S = 600;
const channels = [1, 2];

// As with access tokens: a reset does not end an address that was handed out.
const KEY = randomBytes(32);

/** Both channels together are channel 0. */
const toAddress = ({ clock, incoming }: Call, recording: Recording, format: string, channel: number) => {
  const exp = Math.floor(clock.now() / 1000) + LIFETIME_S;
  const { recordingId, durationInSeconds } = recording;
  const token = signToken({ recordingId, durationInSeconds, format, channel, exp }, KEY);
  return {
    url: `http://${incoming.headers.host ?? 'localhost'}${MEDIA_PREFIX}/${token}`,
    expiry: toIso(exp * 1000),
  };
};

/** What `$expand=media` embeds: addresses that are good for ten minutes, for the whole and for each channel. */
export const toMedia = (call: Call, recording: Recording, format: MediaFormatName) => ({
  media: toAddress(call, recording, format, 0),
  channelMedia: channels.map((channel) => ({
    channelId: String(channel),
    ...toAddress(call, recording, format, channel),
  })),
});

export const isMediaRequest = ({ path }: Incoming): boolean => path.startsWith(`${MEDIA_PREFIX}/`);

export const describeMediaRequest = ({ method }: Incoming): Description => ({
  service: MEDIA_PREFIX.slice(1),
  route: `${method} ${MEDIA_PREFIX}/{token}`,
});

const refuse = (status: number, message: string, headers: Reply['headers'] = {}): Reply => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
  body: message,
});

/** The part that one `bytes=` range asks for. `null` is none at all, `undefined` one that cannot be had. */
const readRange = (header: string | undefined, length: number) => {
  const { first = '', last = '' } =
    /^bytes=(?<first>\d*)-(?<last>\d*)$/.exec(header?.trim() ?? '')?.groups ?? {};
  // Anything else may be ignored: several ranges, and those that end before they begin (RFC 9110 §14.2).
  if ((first === '' && last === '') || (first !== '' && last !== '' && Number(last) < Number(first)))
    return null;
  const start = first === '' ? Math.max(length - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? length : Math.min(Number(last) + 1, length);
  return start < end ? { start, end } : undefined;
};

/**
 * `GET` and `HEAD` of a signed address, in ranges if asked (206, 416). 403 once it has expired or where it was
 * changed, 404 where the recording has been deleted since.
 */
export const serveMedia = (incoming: Incoming, { media }: Store, clock: Clock): Reply => {
  if (incoming.method !== 'GET' && incoming.method !== 'HEAD')
    return refuse(405, 'Method Not Allowed', { Allow: 'GET, HEAD' });
  const claims = verifyToken(incoming.path.slice(MEDIA_PREFIX.length + 1), KEY, clock.now());
  const format = String(claims?.format);
  if (claims === undefined || !isMediaFormat(format)) return refuse(403, 'Request has expired');
  if (media.deletedRecordings.has(String(claims.recordingId))) return refuse(404, 'Not Found');
  const audio = createAudio(format, Number(claims.durationInSeconds), Number(claims.channel));
  const range = incoming.method === 'GET' ? readRange(incoming.headers.range, audio.length) : null;
  if (range === undefined)
    return refuse(416, 'Range Not Satisfiable', { 'Content-Range': `bytes */${audio.length}` });
  const { start, end } = range ?? { start: 0, end: audio.length };
  return {
    status: range === null ? 200 : 206,
    headers: {
      'Content-Type': audio.contentType,
      'Accept-Ranges': 'bytes',
      ...(range !== null && { 'Content-Range': `bytes ${start}-${end - 1}/${audio.length}` }),
    },
    body: audio.read(start, end),
  };
};
