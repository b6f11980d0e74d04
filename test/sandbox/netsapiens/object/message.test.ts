import { expect, test } from 'vitest';
import { ACME, ADA, BEN, explanation, GLOBEX, startWith, toTime } from '../start.ts';

const mine = { domain: ACME, user: '1002' };
const NUMBER = '12125551002';

const open = async (switches = {}) => {
  const platform = await startWith('message', switches);
  const ben = await platform.logIn(BEN);
  const texts = async (fields = {}, token = ben) =>
    (await platform.read({ ...mine, ...fields }, token)).map(({ text }) => text);
  const send = (fields: Record<string, string>) => platform.ask('create', { ...mine, ...fields }, ben);
  return { ...platform, ben, texts, send };
};

test('a text message has numbers, a chat has uids', async () => {
  const { read, ben } = await open();
  expect(await read({ ...mine, session_id: 'sms-1002-12125550177', limit: '2' }, ben)).toMatchObject([
    { type: 'sms', from_uid: '', from_num: '12125550177', dialed: NUMBER, term_num: NUMBER, term_uid: '' },
    { type: 'sms', from_uid: BEN, from_num: NUMBER, dialed: '12125550177', term_num: '12125550177' },
  ]);
  expect(await read({ ...mine, session_id: 'chat-1001-1002' }, ben)).toMatchObject([
    { type: 'private', from_uid: ADA, term_uid: BEN, term_num: '', text: 'Lunch at noon?' },
    { type: 'private', from_uid: BEN, term_uid: ADA, text: 'Gladly.' },
  ]);
});

test('a long session is paged, from either end, and from a time on', async () => {
  const { read, texts, ben } = await open();
  const meeting = { session_id: 'meeting-morning' };
  expect(await texts(meeting)).toHaveLength(120);
  expect(await texts({ ...meeting, start: '118', limit: '10' })).toEqual([
    'Note 119 of the morning meeting',
    'Note 120 of the morning meeting',
  ]);
  expect(await texts({ ...meeting, order: 'time_start DESC', limit: '1' })).toEqual([
    'Note 120 of the morning meeting',
  ]);
  const [last] = await read({ ...mine, ...meeting, start: '117', limit: '1' }, ben);
  expect(await texts({ ...meeting, start_timestamp: last?.timestamp ?? '' })).toHaveLength(3);
});

test('a message is sent from the own number and joins its session', async () => {
  const { send, read, texts, rows, ben, clock } = await open();
  const text = 'Grüße & 100 %; 太郎';
  const fields = {
    session_id: 'sms-1002-12125550177',
    from_num: NUMBER,
    destination: '12125550177',
    message: text,
  };
  expect((await send(fields)).status).toBe(202);
  const [sent] = await read(
    { ...mine, session_id: fields.session_id, order: 'time_start desc', limit: '1' },
    ben,
  );
  expect(sent).toMatchObject({
    text,
    type: 'sms',
    from_uid: BEN,
    from_num: NUMBER,
    timestamp: toTime(clock.now()),
  });
  expect(await read({ ...mine, id: sent?.id ?? '' }, ben)).toEqual([sent]);
  const sessions = { object: 'messagesession', action: 'read', ...mine, session_id: fields.session_id };
  expect(await rows(ben, sessions)).toMatchObject([
    { last_message: text, last_timestamp: toTime(clock.now()) },
  ]);
  expect(await texts({ session_id: 'chat-1001-1002' })).not.toContain(text);
});

test('a session begins with its first message, and both see it', async () => {
  const { send, texts, ada } = await open();
  await send({ session_id: 'new-1', destination: `1003@${ACME}`, message: 'Hello' });
  expect(await texts({ session_id: 'new-1' })).toEqual(['Hello']);
  expect(await texts({ session_id: 'new-1', user: '1003' }, ada)).toEqual(['Hello']);
  expect(await texts({ session_id: 'new-1', user: '1004' }, ada)).toEqual([]);
});

test('a picture is fetched by a signed link without a token', async () => {
  const { send, read, ben } = await open();
  const content = Buffer.from('not quite a picture');
  await send({
    session_id: 'mms-1',
    from_num: NUMBER,
    destination: '12125550188',
    message: 'Look',
    type: 'mms',
    mime_type: 'image/png',
    data: content.toString('base64'),
  });
  const [sent] = await read({ ...mine, session_id: 'mms-1' }, ben);
  expect(sent).toMatchObject({ type: 'mms', media_type: 'image/png', size: String(content.length) });
  const fetched = await fetch(sent?.remotepath ?? '');
  expect(fetched.headers.get('content-type')).toBe('image/png');
  expect(Buffer.from(await fetched.arrayBuffer())).toEqual(content);
  expect((await fetch(`${sent?.remotepath}0`)).status).toBe(403);
});

test('two types of message do what they say to the session', async () => {
  const { send, rows, ben } = await open();
  const session = { object: 'messagesession', action: 'read', ...mine, session_id: 'meeting-morning' };
  const about = { session_id: 'meeting-morning', destination: ADA };
  await send({ ...about, type: 'chat-name-change', message: 'Evening meeting' });
  await send({ ...about, type: 'chat-participant-remove', message: 'Bye' });
  const [after] = await rows(ben, session);
  expect(after?.session_name).toBe('Evening meeting');
  expect(after?.participants?.split(',')).not.toContain(ADA);
  expect(after?.participants?.split(',')).toContain(BEN);
});

test('a deleted message is hidden from one and stays for the other', async () => {
  const { read, status, texts, ben, ada } = await open();
  const session_id = 'chat-1001-1002';
  const [first] = await read({ ...mine, session_id }, ben);
  const { id = '' } = first ?? {};
  expect(await status('delete', { ...mine, session_id, id }, ben)).toBe(202);
  expect(await texts({ session_id })).toEqual(['Gladly.']);
  expect(await texts({ session_id, user: '1001' }, ada)).toEqual(['Lunch at noon?', 'Gladly.']);
  expect(await status('delete', { ...mine, session_id, id: 'other' }, ben)).toBe(404);
  expect(await status('delete', { ...mine, session_id: 'meeting-morning', id }, ben)).toBe(404);
});

test('a message says where it goes and what it is', async () => {
  const { send, ask, ben } = await open();
  const fields = { session_id: 's', destination: '12125550188', message: 'x' };
  for (const missing of ['session_id', 'destination', 'message']) {
    const answer = await send({ ...fields, [missing]: '' });
    expect(explanation(answer)).toMatchObject({ status: 400, warning: `Missing parameter: ${missing}` });
  }
  expect(explanation(await send({ ...fields, type: 'sms' }))).toMatchObject({
    warning: 'Missing parameter: from_num',
  });
  expect((await send({ ...fields, type: 'telegram' })).status).toBe(400);
  expect((await send({ ...fields, from_num: '12125551001' })).status).toBe(403);
  expect((await send({ ...fields, from_num: '12125559901' })).status).toBe(202);
  expect((await ask('create', { ...fields, domain: ACME, user: '1001' }, ben)).status).toBe(403);
  expect((await send({ ...fields, session_id: 'chat-1003-1004' })).status).toBe(403);
});

test('nobody reads the messages of others', async () => {
  const { texts, status, ben } = await open();
  expect(await texts({ user: '1001' })).toEqual([]);
  expect(await texts({ session_id: 'chat-1003-1004' })).toEqual([]);
  expect(await status('read', { domain: GLOBEX }, ben)).toBe(403);
});

test('a message shows when the write delay is over', async () => {
  const { send, texts, advance } = await open({ legacyWriteDelayMs: 400 });
  await send({ session_id: 'late', destination: ADA, message: 'Soon' });
  expect(await texts({ session_id: 'late' })).toEqual([]);
  await advance(400);
  expect(await texts({ session_id: 'late' })).toEqual(['Soon']);
});
