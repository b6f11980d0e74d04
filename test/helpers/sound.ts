import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway, type TestGateway } from './gateway.ts';

export const RECORDING = 'GET /recordings/{recordingId}';

/** A recording with its path, length in seconds, and the sound as the platform itself gives it. */
export const findRecording = async (gateway: TestGateway, session: Record<string, string>) => {
  const { data, errors } = await gateway.execute(
    `{ recordings(first: 1) { nodes { id path durationSeconds media(format: MP3) { contentType whole { url } channels { channelId } } } } }`,
    session,
  );
  expect(errors).toEqual([]);
  const recording = data?.['recordings'].nodes[0];
  const sound = Buffer.from(await (await fetch(recording.media.whole.url)).arrayBuffer());
  return { path: recording.path as string, sound };
};

/** The answer of the gateway, of which nothing is read. */
export const get = (gateway: TestGateway, path: string, headers: Record<string, string>, method = 'GET') =>
  fetch(`${gateway.url}${path}`, { method, headers });

type Listener = (request: any, response: any) => void;

/** A host of sounds, by its address. */
export const listen = async (listener: Listener): Promise<string> => {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** Has the platform name another address than its own for the sound of a recording, and answers the path here. */
export const moveSound = async (gateway: TestGateway, session: Record<string, string>, url: string) => {
  const { path } = await findRecording(gateway, session);
  await gateway.sandbox.fail({
    match: { route: RECORDING },
    fault: {
      type: 'body',
      body: {
        recordingId: guid(9, 1),
        callId: guid(9, 2),
        createdOn: '2026-11-02T00:00:00.000Z',
        contentType: 'audio/wav',
        durationInSeconds: 1,
        _links: {},
        _embedded: { media: { url, expiry: '2026-11-02T00:10:00.000Z' } },
      },
    },
  });
  return path;
};

/** A gateway whose platform keeps its one sound on a host of its own. */
export const withSound = async (listener: Listener, env: Record<string, string> = {}) => {
  const host = await listen(listener);
  const gateway = await withGateway({ env: { ...env, MEDIA_HOSTS: host } });
  const session = await gateway.signIn();
  return { gateway, session, path: await moveSound(gateway, session, `http://${host}/sound`) };
};
