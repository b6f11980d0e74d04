import { describe, expect, it } from 'vitest';
import { withGateway } from './helpers/gateway.ts';
import { globalId } from './helpers/global-id.ts';
import { ACME } from './helpers/legacy.ts';

const opened = async (query: string, find: (data: any) => { id: string; path: string }) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { data } = await gateway.execute(query, session);
  const { id, path } = find(data);
  expect(path).toBe(`/recordings/${id}`);
  await gateway.bill();
  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${gateway.url}${path}`, { method, headers: { ...session, ...headers } });
  return { gateway, id, get };
};

const cases = [
  [
    'a recording of a call',
    `{ callDetails(from: "2020-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z", first: 60) { nodes { recording { recording { id path } } } } }`,
    (data: any) =>
      data.callDetails.nodes.find((node: any) => node.recording.recording !== null).recording.recording,
    'audio/wav',
    'RIFF',
    'recording read',
  ],
  [
    'a voicemail',
    '{ subscriber(user: "1001") { voicemails { nodes { id path } } } }',
    (data: any) => data.subscriber.voicemails.nodes[0],
    'audio/wav',
    'RIFF',
    'audio read',
  ],
  [
    'the picture of a message',
    '{ subscriber(user: "1001") { textSessions { nodes { messages { nodes { id mediaType path: mediaPath } } } } } }',
    (data: any) =>
      data.subscriber.textSessions.nodes
        .flatMap((node: any) => node.messages.nodes)
        .find((message: any) => message.mediaType !== null),
    'image/png',
    '\u0089PNG',
    'message read',
  ],
] as const;

describe('what the legacy platform keeps', () => {
  it.each(cases)('is given by its id: %s', async (_what, query, find, type, start, read) => {
    const { gateway, get } = await opened(query, find);
    const whole = await get();
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe(type);
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect(bytes.subarray(0, 4).toString('latin1')).toBe(start);
    expect((await gateway.bill())[0]).toBe(read);
    const part = await get({ range: 'bytes=0-3' });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).toString('latin1')).toBe(start);
    // The address of the platform, which carries a credential, is in nothing that was answered.
    const told = JSON.stringify([...whole.headers, ...part.headers]);
    expect(told).not.toMatch(/auth=|ns-api/);
  });

  it('is not given without a token, in another form, or where there is none', async () => {
    const { gateway, id, get } = await opened(cases[1][1], cases[1][2]);
    expect((await fetch(`${gateway.url}/recordings/${id}`)).status).toBe(401);
    const session = await gateway.signIn();
    const ask = async (path: string) =>
      (await fetch(`${gateway.url}/recordings/${path}`, { headers: session })).status;
    expect(await ask(`${id}?format=mp3`)).toBe(400);
    expect(await ask(`${id}?channel=1`)).toBe(400);
    expect(await ask(globalId('subscriber', 'Voicemail', `${ACME}/1001 99999`))).toBe(404);
    expect(await ask(globalId('subscriber', 'CallDetailRecording', `${ACME}/never@x y`))).toBe(404);
    expect((await get({}, 'HEAD')).status).toBe(200);
  });
});
