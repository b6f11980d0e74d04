import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { expect, it } from 'vitest';
import { get, withSound } from './helpers/sound.ts';

it('reads no faster than its client, and lets go of upstream when the client has gone', async () => {
  const LENGTH = 64 * 1024 * 1024;
  let sent = 0;
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  const { promise: full, resolve: fill } = Promise.withResolvers<void>();
  const { gateway, session, path } = await withSound((_request, response) => {
    const piece = Buffer.alloc(64 * 1024);
    response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': String(LENGTH) });
    response.on('close', close);
    const write = () => {
      while (sent < LENGTH && response.write(piece)) sent += piece.length;
      if (sent < LENGTH) fill();
    };
    response.on('drain', write);
    write();
  });
  const client = httpRequest(`${gateway.url}${path}`, { headers: session });
  client.end();
  const [response] = await once(client, 'response');
  response.once('readable', () => undefined);
  await full;
  response.destroy();
  await closed;
  expect(sent).toBeLessThan(LENGTH / 2);
  await expect
    .poll(() => gateway.log.find(({ msg }) => msg === 'recording'))
    .toMatchObject({ errors: ['CLIENT_GONE'] });
});

it('gives up waiting for the sound when the client has gone', async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  const { gateway, session, path } = await withSound(
    (_request, response) => {
      response.on('close', close);
      ask();
    },
    { TRY_TIMEOUT_MS: '60000', OPERATION_TIMEOUT_MS: '60000' },
  );
  const client = httpRequest(`${gateway.url}${path}`, { headers: session });
  client.on('error', () => undefined).end();
  await asked;
  client.destroy();
  await closed;
  await expect
    .poll(() => gateway.log.find(({ msg }) => msg === 'recording'))
    .toMatchObject({ errors: ['CLIENT_GONE'] });
});

it('breaks off where upstream breaks off, so that a part is not taken for the whole', async () => {
  const { gateway, session, path } = await withSound((_request, response) => {
    response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': '1000' });
    response.write(Buffer.alloc(10), () => response.destroy());
  });
  const response = await get(gateway, path, session);
  await expect(response.arrayBuffer()).rejects.toThrow('terminated');
  await expect
    .poll(() => gateway.log.find(({ msg }) => msg === 'recording'))
    .toMatchObject({ errors: ['BROKEN_OFF'] });
  const { requestId, err } = gateway.log.find(({ msg }) => msg === 'recording failed') ?? {};
  expect(requestId).toBe(response.headers.get('x-request-id'));
  expect(err).toMatchObject({ message: expect.any(String) });
});

it('is cut where its client takes nothing of it any more', async () => {
  const LENGTH = 64 * 1024 * 1024;
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  const { gateway, session, path } = await withSound(
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': String(LENGTH) });
      response.on('close', close);
      const write = () => {
        while (response.write(Buffer.alloc(64 * 1024)));
      };
      response.on('drain', write);
      write();
    },
    { STALLED_CLIENT_TIMEOUT_MS: '300' },
  );
  const client = httpRequest(`${gateway.url}${path}`, { headers: session });
  client.on('error', () => undefined).end();
  const [response] = await once(client, 'response');
  response.on('error', () => undefined).once('readable', () => undefined);
  await closed;
  await expect
    .poll(() => gateway.log.find(({ msg }) => msg === 'recording'))
    .toMatchObject({ errors: ['CLIENT_STALLED'] });
  response.destroy();
});

it('breaks off where upstream falls silent', async () => {
  const { gateway, session, path } = await withSound(
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': '1000' });
      response.write(Buffer.alloc(10));
    },
    { TRY_TIMEOUT_MS: '300' },
  );
  const response = await get(gateway, path, session);
  await expect(response.arrayBuffer()).rejects.toThrow('terminated');
});

it('answers 504 where the sound does not come at all', async () => {
  const { gateway, session, path } = await withSound(() => undefined, { TRY_TIMEOUT_MS: '300' });
  const response = await get(gateway, path, session);
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UPSTREAM_TIMEOUT' } }] });
});
