import { describe, expect, it } from 'vitest';
import { ADA } from './cloudlink.ts';
import { withMedia } from './media.ts';

interface Media {
  readonly url: string;
  readonly expiry: string;
}

/** The newest recording and the addresses of its media. */
const withAddresses = async (query = '') => {
  const { media: ask, ...setting } = await withMedia();
  const token = await setting.signIn(ADA);
  const { body: page } = await ask(token, 'GET', '/recordings?$top=1');
  const { _embedded: list } = page as { _embedded: { items: { recordingId: string }[] } };
  const path = `/recordings/${list.items[0]?.recordingId}`;
  const { body } = await ask(token, 'GET', `${path}?$expand=media${query}`);
  const { _embedded: embedded, durationInSeconds: seconds } = body as {
    _embedded: { media: Media; channelMedia: (Media & { channelId: string })[] };
    durationInSeconds: number;
  };
  return { ...setting, ask, token, path, body, seconds, ...embedded };
};

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('$expand=media', () => {
  it('gives an address for ten minutes, for the whole and for each channel', async () => {
    const { media, channelMedia, clock, seconds } = await withAddresses();
    expect(Date.parse(media.expiry)).toBe(Math.floor(clock.now() / 1000) * 1000 + 600_000);
    expect(channelMedia.map(({ channelId }) => channelId)).toEqual(['1', '2']);
    const sounds = await Promise.all(
      [media, ...channelMedia].map(async ({ url }) => bytesOf(await fetch(url))),
    );
    expect(sounds.map(({ length }) => length)).toEqual(Array(3).fill(44 + 8000 * seconds));
    expect(new Set(sounds.map((sound) => sound.toString('latin1'))).size).toBe(3);
  });

  it('is what it takes', async () => {
    const { ask, token, path } = await withAddresses();
    const { body } = await ask(token, 'GET', path);
    expect(body.durationInSeconds).toBeGreaterThan(0);
    expect('_embedded' in body).toBe(false);
  });
});

describe('media content', () => {
  it('is a WAV of the recording’s length, the same every time, without a token', async () => {
    const { media, seconds } = await withAddresses();
    const response = await fetch(media.url);
    const sound = await bytesOf(response);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'audio/wav']);
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(sound.toString('latin1', 0, 4) + sound.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
    expect(sound.readUInt32LE(24)).toBe(8000);
    expect(sound.readUInt32LE(40)).toBe(8000 * seconds);
    expect(sound.length).toBe(44 + 8000 * seconds);
    expect(await bytesOf(await fetch(media.url))).toEqual(sound);
  });

  it('is MP3 where that was asked for', async () => {
    const { media, seconds, body } = await withAddresses('&media-format=mp3');
    expect(body.contentType).toBe('audio/mpeg');
    const response = await fetch(media.url);
    const sound = await bytesOf(response);
    expect(response.headers.get('content-type')).toBe('audio/mpeg');
    expect([sound.readUInt32BE(0), sound.readUInt32BE(144), sound.length]).toEqual([
      0xfffb18c0,
      0xfffb18c0,
      4000 * seconds,
    ]);
  });

  it('is not there in a format that is not known', async () => {
    const { body } = await withAddresses('&media-format=flac');
    expect(body).toEqual({
      name: 'BadRequestError',
      message: 'query.media-format should be equal to one of the allowed values',
    });
  });

  it.each([
    ['bytes=0-3', 0, 4],
    ['bytes=40-47', 40, 48],
    ['bytes=44-', 44, undefined],
    ['bytes=1001-1100', 1001, 1101],
    ['bytes=-10', -10, undefined],
    ['bytes=100-99999999', 100, undefined],
  ])('comes in parts: %s', async (range, start, end) => {
    const { media } = await withAddresses();
    const whole = await bytesOf(await fetch(media.url));
    const response = await fetch(media.url, { headers: { range } });
    const expected = whole.subarray(start, end);
    const first = start < 0 ? whole.length + start : start;
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(
      `bytes ${first}-${first + expected.length - 1}/${whole.length}`,
    );
    expect((await bytesOf(response)).equals(expected)).toBe(true);
  });

  it('has no part beyond its end', async () => {
    const { media, seconds } = await withAddresses();
    const response = await fetch(media.url, { headers: { range: 'bytes=99999999-' } });
    expect([response.status, response.headers.get('content-range')]).toEqual([
      416,
      `bytes */${44 + 8000 * seconds}`,
    ]);
  });

  it.each(['bytes=0-1,4-5', 'bytes=5-3', 'lines=1-2', 'bytes=-'])('comes whole for %s', async (range) => {
    const { media, seconds } = await withAddresses();
    const response = await fetch(media.url, { headers: { range } });
    expect([response.status, (await bytesOf(response)).length]).toEqual([200, 44 + 8000 * seconds]);
  });

  it('says its length on HEAD', async () => {
    const { media, seconds } = await withAddresses();
    const response = await fetch(media.url, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      String(44 + 8000 * seconds),
      '',
    ]);
    expect((await fetch(media.url, { method: 'POST' })).status).toBe(405);
  });

  it('is refused once the address has expired or was changed', async () => {
    const { media, clock } = await withAddresses();
    clock.advance(Date.parse(media.expiry) - clock.now() - 1);
    expect((await fetch(media.url)).status).toBe(200);
    clock.advance(1);
    expect((await fetch(media.url)).status).toBe(403);
    clock.advance(-600_000);
    expect((await fetch(media.url)).status).toBe(200);
    const changed = media.url.replace(/\.[^.]*$/, `.${'A'.repeat(43)}`);
    expect((await fetch(changed)).status).toBe(403);
  });

  it('goes with its recording', async () => {
    const { ask, media, path, token } = await withAddresses();
    await ask(token, 'DELETE', path);
    expect((await fetch(media.url)).status).toBe(404);
  });

  it('is in the request log under a name of its own', async () => {
    const { media, control } = await withAddresses();
    await fetch(media.url);
    const response = await control('GET', '/requests?service=media-content', undefined);
    const { requests } = (await response.json()) as { requests: { route: string; platform: string }[] };
    expect(requests).toMatchObject([{ platform: 'cloudlink', route: 'GET /media-content/{token}' }]);
  });
});
