import { describe, expect, it } from 'vitest';
import { anchorOf, callsOf } from '../../../src/sandbox/company-call.ts';
import { createCompany } from '../../../src/sandbox/company.ts';
import { ADA, BEN, acme, itemsOf, userIdOf } from './cloudlink.ts';
import { withMedia } from './media.ts';

const recordedCalls = (now: number) =>
  callsOf(createCompany(), acme, anchorOf(now)).filter(
    ({ isRecorded, from, to }) =>
      isRecorded && [from, to].some(({ person }) => person?.cloudlink !== undefined),
  );

const withRecordings = async (email = ADA) => {
  const setting = await withMedia();
  const token = await setting.signIn(email);
  const list = async (query = '') => itemsOf(await setting.media(token, 'GET', `/recordings${query}`));
  const [first] = await list();
  return { ...setting, token, list, path: `/recordings/${String(first?.recordingId)}`, first };
};

describe('GET /recordings', () => {
  it('lists what was recorded of the company’s calls, newest first', async () => {
    const { list, clock } = await withRecordings();
    const recorded = recordedCalls(clock.now());
    expect(recorded.length).toBeGreaterThan(5);
    expect(await list('?$top=1000')).toEqual(
      recorded.map(({ callId, startedAt, talkSeconds }) => ({
        recordingId: callId.replace('-5eed-', '-5eea-'),
        callId,
        createdOn: new Date(startedAt).toISOString(),
        contentType: 'audio/wav',
        durationInSeconds: talkSeconds,
        _links: { self: `/2017-09-01/recordings/${callId.replace('-5eed-', '-5eea-')}` },
      })),
    );
  });

  it('finds those of several calls at once', async () => {
    const { list, clock } = await withRecordings();
    const [one, other] = recordedCalls(clock.now()).slice(1, 3);
    const silent = callsOf(createCompany(), acme, anchorOf(clock.now())).find(
      ({ isRecorded }) => !isRecorded,
    );
    const filter = [other, silent, one].map((call) => `callId eq '${call?.callId}'`).join(' or ');
    expect((await list(`?$filter=${filter}`)).map(({ callId }) => callId)).toEqual([
      one?.callId,
      other?.callId,
    ]);
  });

  it('filters and orders by time', async () => {
    const { list } = await withRecordings();
    const all = await list('?$top=1000');
    const since = await list(`?$top=1000&$filter=createdOn ge '${String(all[2]?.createdOn)}'`);
    expect(since).toEqual(all.slice(0, 3));
    expect(await list('?$top=1000&$orderby=createdOn')).toEqual(all.toReversed());
  });

  it('shows a user those of their own calls', async () => {
    const { list, media, signIn, clock } = await withRecordings(BEN);
    const mine = recordedCalls(clock.now()).filter(({ from, to }) =>
      [from, to].some(({ person }) => person?.userId === userIdOf(BEN)),
    );
    expect((await list('?$top=1000')).map(({ callId }) => callId)).toEqual(mine.map(({ callId }) => callId));
    const all = itemsOf(await media(await signIn(ADA), 'GET', '/recordings?$top=1000'));
    const foreign = all.find(({ callId }) => mine.every((own) => own.callId !== callId));
    const path = `/recordings/${String(foreign?.recordingId)}`;
    expect((await media(await signIn(BEN), 'GET', path)).status).toBe(404);
    expect((await media(await signIn(ADA), 'GET', path)).status).toBe(200);
  });
});

describe('a recording', () => {
  it('is read by its id; anything else is not there', async () => {
    const { media, token, path, first } = await withRecordings();
    expect((await media(token, 'GET', path)).body).toEqual(first);
    for (const id of ['none', String(first?.callId), '40001'])
      expect((await media(token, 'GET', `/recordings/${id}`)).status).toBe(404);
  });

  it('takes a label and nothing else', async () => {
    const { media, token, path, list } = await withRecordings();
    const { status, body } = await media(token, 'PUT', path, { label: 'Order 17' });
    expect([status, body.label]).toEqual([200, 'Order 17']);
    expect((await list())[0]?.label).toBe('Order 17');
    const more = await media(token, 'PUT', path, { label: 'x', callId: 'y' });
    expect([more.status, more.body.message]).toEqual([400, 'data should NOT have additional properties']);
    const none = await media(token, 'PUT', path, {});
    expect([none.status, none.body.message]).toEqual([400, "data should have required property 'label'"]);
  });

  it('is deleted by an administrator alone', async () => {
    const { media, place, act, signIn, clock, token, list } = await withRecordings();
    const ben = await signIn(BEN);
    const before = await list('?$top=1000');
    const id = await place(ben, '1002', { to: '+14155550123', record: true });
    clock.advance(60_000);
    await act(ben, '1002', id, 'end');
    const [own] = itemsOf(await media(ben, 'GET', '/recordings'));
    expect(own?.durationInSeconds).toBe(57);
    const path = `/recordings/${String(own?.recordingId)}`;
    expect((await media(ben, 'DELETE', path)).status).toBe(403);
    expect((await media(token, 'DELETE', path)).status).toBe(200);
    expect((await media(token, 'DELETE', path)).status).toBe(404);
    expect(await list('?$top=1000')).toEqual(before);
  });

  it('is only taken for deletion where the switch says so, and deleted all the same', async () => {
    const { media, control, token, path } = await withRecordings();
    await control('PATCH', '/switches', { cloudlinkAcceptCommands: true });
    const { status, body } = await media(token, 'DELETE', path);
    expect([status, body]).toEqual([202, {}]);
    expect((await media(token, 'GET', path)).status).toBe(404);
  });
});
