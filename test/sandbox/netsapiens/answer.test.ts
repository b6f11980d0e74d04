import { expect, test } from 'vitest';
import { ACME, ADA, GLOBEX, start } from './start.ts';
import { SUPER_USER_LOGIN } from '../../../src/sandbox/netsapiens/index.ts';

const read = { object: 'subscriber', action: 'read' };
const zero = { ...read, uid: `0012@${ACME}`, fields: 'user,last_name,call_limit,vmail_enabled' };
const nobody = { ...read, uid: `4711@${ACME}`, fields: 'user,domain' };

const open = async (switches = {}) => {
  const platform = await start(switches);
  const token = await platform.logIn(ADA);
  const text = async (fields: Record<string, string>) => (await platform.call(token, fields)).text();
  return { ...platform, token, text };
};

test('values are text, until newer builds turn whatever looks like a number into one', async () => {
  const { text, change } = await open();
  expect(await text(zero)).toBe(
    '[{"user":"0012","last_name":"Zero","call_limit":"10","vmail_enabled":"yes"}]',
  );
  await change({ legacyTyping: 'numeric' });
  expect(await text(zero)).toBe('[{"user":12,"last_name":"Zero","call_limit":10,"vmail_enabled":"yes"}]');
  const secret = await text({ ...read, uid: ADA, fields: 'subscriber_pin,email,callid_nmbr' });
  expect(secret).toBe('[{"subscriber_pin":90817263,"email":"ada@example.test","callid_nmbr":"[*]"}]');
  expect(await text({ object: 'subscriber', action: 'count', domain: ACME })).toBe('{"total":51}');
});

test('XML stays text in newer builds', async () => {
  const { text } = await open({ legacyTyping: 'numeric' });
  expect(await text({ ...zero, fields: 'user', format: 'xml' })).toBe(
    '<xml><subscriber><user>0012</user></subscriber></xml>',
  );
});

test('records are an array, a bare object when single, or an object by index', async () => {
  const { text, change } = await open();
  const one = { ...zero, fields: 'user' };
  const two = { ...read, domain: ACME, sort: 'user', limit: '2', fields: 'user' };
  await change({ legacyRecords: 'bare-when-single' });
  expect(await text(one)).toBe('{"user":"0012"}');
  expect(await text(two)).toBe('[{"user":"0012"},{"user":"1001"}]');
  await change({ legacyRecords: 'indexed-object' });
  expect(await text(one)).toBe('{"0":{"user":"0012"}}');
  expect(await text(two)).toBe('{"0":{"user":"0012"},"1":{"user":"1001"}}');
});

test('nothing found takes four shapes in JSON and in XML', async () => {
  const { text, change } = await open();
  const shapes = [
    ['array', '[]', '<xml/>'],
    ['object', '{}', '<xml/>'],
    ['blank', '', ''],
    ['null-record', '[{"user":null,"domain":null}]', '<xml><subscriber><user/><domain/></subscriber></xml>'],
  ] as const;
  for (const [legacyEmpty, json, xml] of shapes) {
    await change({ legacyEmpty });
    expect([await text(nobody), await text({ ...nobody, format: 'xml' })]).toEqual([json, xml]);
  }
});

test('a record of nulls has every column where none was chosen', async () => {
  const { rows, token } = await open({ legacyEmpty: 'null-record' });
  const [record] = await rows(token, { ...read, uid: `4711@${ACME}` });
  expect(Object.keys(record ?? {})).toHaveLength(48);
});

test('XML escapes text, leaves out what it cannot write and closes what is empty', async () => {
  const { text, call, token } = await open();
  const message = `<b a="1">R&D's</b>\u0007\u0000 太郎`;
  await call(token, { object: 'subscriber', action: 'update', uid: ADA, message });
  expect(await text({ ...read, uid: ADA, fields: 'message,srv_code', format: 'xml' })).toBe(
    '<xml><subscriber><message>&lt;b a=&quot;1&quot;&gt;R&amp;D&apos;s&lt;/b&gt; 太郎</message><srv_code/></subscriber></xml>',
  );
  expect(await text({ ...read, uid: ADA, fields: 'message' })).toBe(JSON.stringify([{ message }]));
});

test('an XML record is named for its object, a count is a total', async () => {
  const { call, logIn } = await start();
  const token = await logIn(SUPER_USER_LOGIN);
  const text = async (fields: Record<string, string>) =>
    (await call(token, { ...fields, format: 'xml' })).text();
  expect(await text({ object: 'domain', action: 'read', domain: GLOBEX })).toMatch(
    /^<xml><domain><domain>globex\.67890\.service<\/domain>.*<\/domain><\/xml>$/,
  );
  expect(await text({ object: 'domain', action: 'count' })).toBe('<xml><total>2</total></xml>');
});

test('JSON is labelled as such, or by switch as a web page', async () => {
  const { call, token, change } = await open();
  const type = async (fields: Record<string, string>) =>
    (await call(token, fields)).headers.get('content-type');
  expect(await type(zero)).toBe('application/json');
  await change({ legacyMislabelJson: true });
  expect(await type(zero)).toBe('text/html; charset=UTF-8');
  expect(await type({ ...zero, format: 'xml' })).toBe('text/xml; charset=UTF-8');
});
