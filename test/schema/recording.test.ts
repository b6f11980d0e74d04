import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { walk } from '../helpers/walk.ts';

const RECORDING = 'GET /recordings/{recordingId}';
const RECORDINGS = 'GET /recordings';
const RECORDS = 'GET /calls/records';

const idsOf = async (gateway: TestGateway, session: Record<string, string>): Promise<string[]> => {
  const { data, errors } = await gateway.execute('{ recordings(first: 100) { nodes { id } } }', session);
  expect(errors).toEqual([]);
  return data?.['recordings'].nodes.map(({ id }: any) => id);
};

it('lists recordings with their calls, for two requests', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    `{
      recordings(first: 10) {
        nodes { id recordingId createdAt durationSeconds contentType label path callRecord { id talkSeconds recordings { id } } }
      }
    }`,
    session,
  );
  expect(errors).toEqual([]);
  const { nodes } = data?.['recordings'] ?? {};
  expect(nodes.length).toBeGreaterThan(3);
  for (const node of nodes) {
    expect(node.path).toBe(`/recordings/${node.id}`);
    expect(node.callRecord.talkSeconds).toBe(node.durationSeconds);
    expect(node.callRecord.recordings).toEqual([{ id: node.id }]);
  }
  expect(await gateway.bill()).toEqual([RECORDINGS, RECORDS, RECORDINGS]);
});

it('walks the recordings, and puts them in order', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const pages = await walk(
    gateway,
    session,
    `query ($after: String) {
      list: recordings(first: 3, after: $after, orderBy: { field: DURATION, direction: ASC }) {
        nodes { id durationSeconds } pageInfo { hasNextPage endCursor }
      }
    }`,
  );
  const seconds = pages.flat().map(({ durationSeconds }) => durationSeconds);
  expect(seconds).toEqual(seconds.toSorted((left, right) => left - right));
  const ids = pages.flat().map(({ id }): string => id);
  expect(ids.toSorted()).toEqual((await idsOf(gateway, session)).toSorted());
});

it('gives addresses for the sound as a whole and for each channel, in the asked format', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const [id] = await idsOf(gateway, session);
  await gateway.bill();
  const media = (format: string) =>
    `media(format: ${format}) { contentType whole { url expiresAt } channels { channelId address { url } } }`;
  const { data, errors } = await gateway.execute(
    `query ($id: ID!) { recording(id: $id) { wav: ${media('WAV')} mp3: ${media('MP3')} again: ${media('MP3')} } }`,
    session,
    { id },
  );
  expect(errors).toEqual([]);
  const { wav, mp3 } = data?.['recording'] ?? {};
  expect([wav.contentType, mp3.contentType]).toEqual(['audio/wav', 'audio/mpeg']);
  expect(mp3.channels.map(({ channelId }: any) => channelId)).toEqual(['1', '2']);
  expect(Date.parse(mp3.whole.expiresAt)).toBeGreaterThan(Date.now());
  const sound = await fetch(mp3.channels[0].address.url);
  expect([sound.status, sound.headers.get('content-type')]).toEqual([200, 'audio/mpeg']);
  expect(await gateway.bill()).toEqual([RECORDING, RECORDING, RECORDING, 'GET /media-content/{token}']);
});

it('keeps one recording without its sound from failing the others', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.sandbox.fail({
    match: { route: RECORDING },
    fault: { type: 'status', status: 504 },
    times: 2,
  });
  const { data, errors } = await gateway.execute(
    '{ recordings(first: 5) { nodes { id media { whole { url } } } } }',
    session,
  );
  const found = data?.['recordings'].nodes.filter(({ media }: any) => media !== null);
  expect(found.length + errors.length).toBe(data?.['recordings'].nodes.length);
  expect(found.length).toBeGreaterThan(0);
  expect(errors.every(({ extensions }) => extensions['code'] === 'UPSTREAM_TIMEOUT')).toBe(true);
});

it('answers null for a recording that is not there, and refuses the id of anything else', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const query = 'query ($id: ID!) { recording(id: $id) { id } }';
  const missing = globalId('cloudlink', 'Recording', guid(9, 9));
  expect(await gateway.execute(query, session, { id: missing })).toMatchObject({
    data: { recording: null },
    errors: [],
  });
  const other = await gateway.execute(query, session, {
    id: globalId('cloudlink', 'CallRecord', guid(9, 9)),
  });
  expect(other.errors).toMatchObject([
    { message: '`id` must be the id of a Recording, not of a CallRecord.' },
  ]);
});

const LABEL = `mutation ($input: LabelRecordingInput!) {
  labelRecording(input: $input) { ... on LabelRecordingSuccess { data { id label } } ... on Rejection { code field } }
}`;
const DELETE = `mutation ($input: DeleteRecordingInput!) {
  deleteRecording(input: $input) { ... on DeleteRecordingSuccess { data } ... on Rejection { code field } }
}`;

it.each(['Complaint', "o'Brien & Söhne = 100 %", '..', 'a\r\nb', '\u0000'.concat('x')])(
  'labels a recording %j and shows the label',
  async (label) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const [recording] = await idsOf(gateway, session);
    await gateway.bill();
    const { data } = await gateway.execute(LABEL, session, { input: { recording, label } });
    expect(data?.['labelRecording']).toEqual({ data: { id: recording, label } });
    expect(await gateway.bill()).toEqual(['PUT /recordings/{recordingId}', RECORDING]);
  },
);

it('deletes a recording for an administrator and for nobody else', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const before = await idsOf(gateway, session);
  const recording = before[2];
  const { data } = await gateway.execute(DELETE, session, { input: { recording } });
  expect(data?.['deleteRecording']).toEqual({ data: recording });
  expect(await idsOf(gateway, session)).toEqual(before.filter((id) => id !== recording));
  const again = await gateway.execute(DELETE, session, { input: { recording } });
  expect(again.data?.['deleteRecording']).toMatchObject({ code: 'NOT_FOUND' });
});

it('refuses a label that cannot be sent, and an id that is no recording, before anything is sent', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const recording = globalId('cloudlink', 'Recording', guid(9, 9));
  await gateway.bill();
  for (const [input, field] of [
    [{ recording, label: '' }, 'label'],
    [{ recording, label: '\ud800' }, 'label'],
    [{ recording, label: 'x'.repeat(257) }, 'label'],
    [{ recording: guid(9, 9), label: 'x' }, 'recording'],
  ] as const) {
    const { data } = await gateway.execute(LABEL, session, { input });
    expect(data?.['labelRecording']).toMatchObject({ code: 'BAD_USER_INPUT', field });
  }
  expect(await gateway.bill()).toEqual([]);
});

it('sends every write once, whatever becomes of it', async () => {
  const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '300' } });
  const session = await gateway.signIn();
  const recording = globalId('cloudlink', 'Recording', guid(9, 9));
  const record = globalId('cloudlink', 'CallRecord', guid(9, 9));
  const writes = [
    [LABEL, { recording, label: 'x' }, 'PUT /recordings/{recordingId}'],
    [DELETE, { recording }, 'DELETE /recordings/{recordingId}'],
    [
      'mutation ($input: HideCallRecordsInput!) { hideCallRecords(input: $input) { __typename } }',
      { records: [record] },
      'PUT /calls/{callId}/records',
    ],
  ] as const;
  for (const fault of [{ type: 'status', status: 503 }, { type: 'reset' }, { type: 'hang' }] as const) {
    for (const [mutation, input, route] of writes) {
      const rule = await gateway.sandbox.fail({ match: { route }, fault });
      await gateway.bill();
      const { errors } = await gateway.execute(mutation, session, { input });
      expect([route, errors.length]).toEqual([route, 1]);
      expect(await gateway.bill()).toEqual([route]);
      await gateway.sandbox.control('DELETE', `/faults/${rule.id}`);
    }
  }
});
