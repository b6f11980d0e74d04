import { expect, it } from 'vitest';
import { guid } from '../src/sandbox/company.ts';
import { withGateway } from './helpers/gateway.ts';
import { globalId } from './helpers/global-id.ts';
import { findRecording, get, listen, moveSound, RECORDING, withSound } from './helpers/sound.ts';

it('streams a recording in the asked format, for one request to the platform and one for the sound', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { path, sound } = await findRecording(gateway, session);
  await gateway.bill();
  const response = await get(gateway, `${path}?format=mp3`, session);
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'audio/mpeg',
    'content-length': String(sound.length),
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-store',
  });
  expect(Buffer.from(await response.arrayBuffer()).equals(sound)).toBe(true);
  expect(await gateway.bill()).toEqual([RECORDING, 'GET /media-content/{token}']);
});

it('gives parts of it: 206 for a range, 416 for one that is not there', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { path, sound } = await findRecording(gateway, session);
  const url = `${path}?format=mp3`;
  const part = await get(gateway, url, { ...session, range: 'bytes=100-299' });
  expect(part.status).toBe(206);
  expect(part.headers.get('content-range')).toBe(`bytes 100-299/${sound.length}`);
  expect(Buffer.from(await part.arrayBuffer()).equals(sound.subarray(100, 300))).toBe(true);
  const end = await get(gateway, url, { ...session, range: 'bytes=-10' });
  expect(Buffer.from(await end.arrayBuffer()).equals(sound.subarray(-10))).toBe(true);
  const outside = await get(gateway, url, { ...session, range: `bytes=${sound.length}-` });
  expect(outside.status).toBe(416);
  expect(outside.headers.get('content-range')).toBe(`bytes */${sound.length}`);
  const odd = await get(gateway, url, { ...session, range: 'bytes=0-1,5-6' });
  expect([odd.status, (await odd.arrayBuffer()).byteLength]).toEqual([200, sound.length]);
});

it('answers HEAD with the headers alone', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { path, sound } = await findRecording(gateway, session);
  const response = await get(gateway, `${path}?format=mp3`, session, 'HEAD');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-length')).toBe(String(sound.length));
  expect(await response.text()).toBe('');
});

it('gives one side of the call', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { path } = await findRecording(gateway, session);
  const [whole, one] = await Promise.all(
    ['', '?channel=1'].map(async (query) =>
      Buffer.from(await (await get(gateway, path + query, session)).arrayBuffer()),
    ),
  );
  expect(one?.length).toBe(whole?.length);
  expect(one?.equals(whole ?? Buffer.alloc(0))).toBe(false);
  expect((await get(gateway, `${path}?channel=7`, session)).status).toBe(404);
});

it('passes tokens through as GraphQL does, and sends none of them where the sound is', async () => {
  const gateway = await withGateway();
  const { cloudlink } = await gateway.tokens();
  const { path } = await findRecording(gateway, cloudlink);
  await gateway.bill();
  const response = await get(gateway, path, cloudlink);
  expect([response.status, (await response.arrayBuffer()).byteLength > 0]).toEqual([200, true]);
  const media = (await gateway.sandbox.requests()).filter(({ service }) => service === 'media-content');
  expect(media).toHaveLength(1);
  expect(media[0]?.credential ?? null).toBeNull();
  expect(JSON.stringify(media[0])).not.toContain(cloudlink['authorization']);
});

it.each([
  ['no token', {}, '', 401, 'UNAUTHENTICATED'],
  ['a session that is none', { authorization: 'Bearer gws_none' }, '', 401, 'UNAUTHENTICATED'],
] as const)('refuses %s', async (_what, headers, _path, status, code) => {
  const gateway = await withGateway();
  const response = await get(
    gateway,
    `/recordings/${globalId('cloudlink', 'Recording', guid(9, 9))}`,
    headers,
  );
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
});

it.each([
  [globalId('cloudlink', 'Recording', guid(9, 9)), 404, 'NOT_FOUND'],
  [globalId('cloudlink', 'User', `${guid(1, 1)}/${guid(2, 1)}`), 400, 'BAD_USER_INPUT'],
  [globalId('cloudlink', 'LiveCall', '1001/1'), 400, 'BAD_USER_INPUT'],
  ['..%2f..%2fusers', 400, 'BAD_USER_INPUT'],
  ['', 400, 'BAD_USER_INPUT'],
  [`${globalId('cloudlink', 'Recording', guid(9, 9))}?format=exe`, 400, 'BAD_USER_INPUT'],
])('answers %j with %i %s', async (id, status, code) => {
  const gateway = await withGateway();
  const response = await get(gateway, `/recordings/${id}`, await gateway.signIn());
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
});

it('takes no other method', async () => {
  const gateway = await withGateway();
  const response = await get(gateway, '/recordings/x', {}, 'DELETE');
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

it('opens no address on a host that is neither the platform’s nor named', async () => {
  let connections = 0;
  const host = await listen((_request, response) => {
    connections += 1;
    response.end();
  });
  const gateway = await withGateway({ env: { MEDIA_HOSTS: 'media.example.com,*.example.org' } });
  const session = await gateway.signIn();
  const foreign = [
    `http://${host}/sound`,
    `http://media.example.com@${host}/sound`,
    `http://${host}/sound?media.example.com`,
    'http://media.example.com:1/sound',
    'http://example.org/sound',
    'http://notexample.org/sound',
    'http://api.mitel.io.example.com/sound',
    'file:///etc/hosts',
    '//media.example.com/sound',
    'sound',
  ];
  for (const url of foreign) {
    const response = await get(gateway, await moveSound(gateway, session, url), session);
    expect(response.status).toBe(502);
    const { errors }: any = await response.json();
    expect(errors).toEqual([
      {
        message: expect.stringMatching(/^CloudLink keeps this on the host ".*", .* MEDIA_HOSTS/),
        extensions: expect.objectContaining({ code: 'UPSTREAM_PROTOCOL', platform: 'cloudlink' }),
      },
    ]);
    await gateway.sandbox.control('DELETE', '/faults');
  }
  expect(connections).toBe(0);
});

it('gives nothing out that is no sound, and follows no redirect', async () => {
  const answers = [
    {
      status: 200,
      headers: { 'content-type': 'text/html', 'set-cookie': 'a=b', etag: 'x' },
      body: '<script>',
    },
    { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' },
    { status: 403, headers: {}, body: 'Request has expired' },
  ];
  const { gateway, session, path } = await withSound((_request, response) => {
    const { status, headers, body } = answers.shift() ?? { status: 500, headers: {}, body: '' };
    response.writeHead(status, headers).end(body);
  });
  const page = await get(gateway, path, session);
  expect(page.headers.get('content-type')).toBe('application/octet-stream');
  expect(page.headers.get('set-cookie')).toBeNull();
  expect(page.headers.get('etag')).toBeNull();
  expect((await get(gateway, path, session)).status).toBe(502);
  const expired = await get(gateway, path, session);
  expect(expired.status).toBe(502);
  expect(await expired.text()).not.toContain('expired');
});
