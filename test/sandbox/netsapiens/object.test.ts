import { expect, test } from 'vitest';
import { SUPER_USER_LOGIN } from '../../../src/sandbox/netsapiens/index.ts';
import { ACME, ADA, BEN, explanation, start } from './start.ts';

const window = { start_date: '2000-01-01', end_date: '2100-01-01' };

/** A read of each object that finds something, and what its records are called in XML (facts §3.2). */
const reads: [string, string, string, Record<string, string>][] = [
  ['agent', 'read', 'agent', { domain: ACME, queue_name: '800' }],
  ['answerrule', 'read', 'answer_rule', { uid: BEN }],
  ['audio', 'read', 'audio', { domain: ACME, user: '1002' }],
  ['call', 'read', 'call', { domain: ACME }],
  ['callqueue', 'read', 'call_queue', { domain: ACME }],
  ['cdr2', 'read', 'cdr2', { domain: ACME, ...window }],
  ['contact', 'read', 'contact', { domain: ACME, user: '1002' }],
  ['conversation', 'read', 'uc_inbox', { domain: ACME, user: '1002' }],
  ['department', 'list', 'department', { domain: ACME }],
  ['device', 'read', 'device', { domain: ACME }],
  ['domain', 'read', 'domain', { domain: ACME }],
  ['message', 'read', 'message', { domain: ACME, user: '1002' }],
  ['messagesession', 'read', 'message_session', { domain: ACME, user: '1002' }],
  ['phonenumber', 'read', 'phone_number', { dialplan: 'DID Table' }],
  ['presence', 'list', 'presence', { domain: ACME }],
  ['queued', 'read', 'queued', { domain: ACME, queue: '800' }],
  ['site', 'read', 'site', { domain: ACME }],
  ['smsnumber', 'read', 'smsnumber', { domain: ACME, dest: '*' }],
  ['subscriber', 'read', 'subscriber', { domain: ACME }],
];

test('every object names its records in XML as documented', async () => {
  const { logIn, call } = await start();
  const token = await logIn(SUPER_USER_LOGIN);
  for (const [object, action, element, fields] of reads) {
    const answer = await call(token, { object, action, ...fields, limit: '1', format: 'xml' });
    expect(await answer.text()).toMatch(new RegExp(`^<xml><${element}>.*</${element}></xml>$`, 's'));
  }
});

test('every object refuses parameters it does not know when told to, and answers its own', async () => {
  const { logIn, call } = await start({ legacyStrictParameters: true });
  const token = await logIn(ADA);
  for (const [object, action, , fields] of reads) {
    const { status } = await call(token, { object, action, ...fields, limit: '1' });
    expect([object, status]).toEqual([object, 200]);
    const refused = await call(token, { object, action, ...fields, colour: 'red' });
    expect({ object, ...explanation(refused) }).toMatchObject({
      object,
      status: 400,
      warning: 'Unknown parameter: colour',
    });
  }
});

test('the silent cap and the shapes of records hold for every object', async () => {
  const { logIn, call, change } = await start({ legacyRowCap: 1, legacyRecords: 'indexed-object' });
  const token = await logIn(ADA);
  for (const [object, action, , fields] of reads) {
    const records: unknown = await (await call(token, { object, action, ...fields })).json();
    expect([object, Object.keys(records as object)]).toEqual([object, ['0']]);
  }
  await change({ legacyRecords: 'bare-when-single' });
  for (const [object, action, , fields] of reads) {
    const record: unknown = await (await call(token, { object, action, ...fields })).json();
    expect([object, Array.isArray(record)]).toEqual([object, false]);
    expect(record).not.toEqual({});
  }
});

test('every object has the empty form of the switch, and without one its own', async () => {
  const { logIn, call, change } = await start();
  const token = await logIn(ADA);
  const own: Record<string, string> = { cdr2: '{}' };
  const text = async (object: string, action: string, fields: Record<string, string>) =>
    (await call(token, { object, action, ...fields, start: '100000' })).text();
  for (const [object, action, , fields] of reads) {
    expect([object, await text(object, action, fields)]).toEqual([object, own[object] ?? '[]']);
  }
  await change({ legacyEmpty: 'blank' });
  for (const [object, action, , fields] of reads) {
    expect([object, await text(object, action, fields)]).toEqual([object, '']);
  }
});

test('two sandboxes tell the same at the same time', async () => {
  const [one, other] = await Promise.all([start(), start()]);
  other.clock.advance(one.clock.now() - other.clock.now());
  await Promise.all([one.reset(), other.reset()]);
  other.clock.advance(one.clock.now() - other.clock.now());
  const tokens = [await one.logIn(ADA), await other.logIn(ADA)] as const;
  for (const [object, action, , fields] of reads) {
    const ask = async ({ call, url }: typeof one, token: string) =>
      (await (await call(token, { object, action, ...fields })).text()).replaceAll(url, '');
    expect([object, await ask(one, tokens[0])]).toEqual([object, await ask(other, tokens[1])]);
  }
});
