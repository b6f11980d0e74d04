import { expect, test } from 'vitest';
import { ACME, ADA, form, passwordGrant, start, type Rows } from './start.ts';

const read = { object: 'subscriber', action: 'read' };
const wanted = { domain: ACME, user: '1001', fields: 'user' };
const found = [{ user: '1001' }];

const open = async () => {
  const platform = await start();
  const authorization = `Bearer ${await platform.logIn(ADA)}`;
  const json = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const headers = { ...(init.headers as Record<string, string>), authorization };
    return (await platform.send(path, { ...init, headers })).json();
  };
  return { ...platform, authorization, json };
};

const query = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

test('parameters are read from the query, by GET and by a POST without a body', async () => {
  const { json } = await open();
  const path = `/ns-api/?${query({ ...read, ...wanted, format: 'json' })}`;
  expect(await json(path)).toEqual(found);
  expect(await json(path, { method: 'POST' })).toEqual(found);
});

test('every spelling of the address is served', async () => {
  const { json } = await open();
  const search = query({ ...read, ...wanted, format: 'json' });
  for (const address of ['/ns-api', '/ns-api/', '/ns-api/index.php', '//ns-api//index.php']) {
    expect(await json(`${address}?${search}`)).toEqual(found);
  }
});

test('parameters are read from a form, from multipart and from JSON under any label', async () => {
  const { json } = await open();
  const fields = { ...read, ...wanted, format: 'json' };
  const multipart = new FormData();
  for (const [name, value] of Object.entries(fields)) multipart.set(name, value);
  const bodies: RequestInit[] = [
    form(fields),
    { method: 'POST', body: multipart },
    ...['application/json', 'text/plain', 'application/x-www-form-urlencoded'].map((type) => ({
      method: 'POST',
      body: JSON.stringify({ ...fields, user: 1001 }),
      headers: { 'content-type': type },
    })),
    // A Buffer has no type of its own, so that none is sent.
    { method: 'POST', body: Buffer.from(JSON.stringify(fields)) },
  ];
  for (const init of bodies) expect(await json('/ns-api/', init)).toEqual(found);
});

test('multipart values keep their bytes, line ends and files apart', async () => {
  const { json, authorization, send } = await open();
  const message = 'Grüße\r\n--\r\n太郎 "x"';
  const body = new FormData();
  for (const [name, value] of Object.entries({ object: 'subscriber', action: 'update', uid: ADA, message })) {
    body.set(name, value);
  }
  body.set('email', new Blob(['file@example.test']), 'email.txt');
  const updated = await send('/ns-api/', { method: 'POST', body, headers: { authorization } });
  expect(updated.status).toBe(202);
  const search = query({ ...read, uid: ADA, fields: 'message,email', format: 'json' });
  expect(await json(`/ns-api/?${search}`)).toEqual([{ message, email: 'ada@example.test' }]);
});

test('a query names the call and the body carries the rest', async () => {
  const { json } = await open();
  expect(await json(`/ns-api/?${query(read)}`, form({ ...wanted, format: 'json' }))).toEqual(found);
});

test('the query wins for object and action, the body for everything else', async () => {
  const { json } = await open();
  const search = query({ ...read, ...wanted, user: '1002', format: 'json' });
  expect(await json(`/ns-api/?${search}`, form({ object: 'domain', action: 'count', user: '1001' }))).toEqual(
    found,
  );
});

test('object and action are compared without case, parameter names with it', async () => {
  const { json } = await open();
  const search = query({ object: 'Subscriber', action: 'READ', ...wanted, format: 'json', USER: '1002' });
  expect(await json(`/ns-api/?${search}`)).toEqual(found);
});

test('the last of a repeated name wins, so a smuggled action takes effect', async () => {
  const { json } = await open();
  const search = `${query({ ...read, domain: ACME, format: 'json' })}&action=count`;
  expect(await json(`/ns-api/?${search}`)).toHaveProperty('total');
});

test('a comma list, an array and a JSON list of users match nobody', async () => {
  const { json } = await open();
  const search = query({ ...read, domain: ACME, format: 'json' });
  expect(await json(`/ns-api/?${search}&user=1001,1002`)).toEqual([]);
  expect(await json(`/ns-api/?${search}&user[]=1001&user[]=1002`)).toEqual([]);
  const list = { method: 'POST', body: JSON.stringify({ user: ['1001', '1002'] }) };
  expect(await json(`/ns-api/?${search}`, list)).toEqual([]);
});

test('an answer is XML until JSON is asked for, in query, body or Accept', async () => {
  const { send, authorization } = await open();
  const path = `/ns-api/?${query({ ...read, ...wanted })}`;
  const labelled = async (url: string, init: RequestInit) => {
    const response = await send(url, {
      ...init,
      headers: { accept: '*/*', ...(init.headers as object), authorization },
    });
    return [response.headers.get('content-type')?.split(';')[0], await response.text()];
  };
  const xml = ['text/xml', '<xml><subscriber><user>1001</user></subscriber></xml>'];
  const json = ['application/json', '[{"user":"1001"}]'];
  expect(await labelled(path, {})).toEqual(xml);
  expect(await labelled(path, form({ format: 'xml' }, { accept: 'application/json' }))).toEqual(xml);
  expect(await labelled(`${path}&format=json`, {})).toEqual(json);
  expect(await labelled(path, form({ format: 'JSON' }))).toEqual(json);
  expect(await labelled(path, { headers: { accept: 'application/json, text/plain, */*' } })).toEqual(json);
});

test('HEAD is answered like GET, without the body', async () => {
  const { send, authorization } = await open();
  const path = `/ns-api/?${query({ ...read, ...wanted, format: 'json' })}`;
  const { status, headers } = await send(path, { method: 'HEAD', headers: { authorization } });
  expect([status, headers.get('content-length')]).toEqual([200, String(JSON.stringify(found).length)]);
});

test('a path without a script gets the page of a web server, as clients of the newer API expect', async () => {
  const { send } = await start();
  for (const path of ['/ns-api/v2/tokens', '/ns-api/oauth2', '/ns-api/other.php']) {
    const response = await send(path, { method: 'POST' });
    expect([response.status, response.statusText]).toEqual([404, 'Not Found']);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.has('warning')).toBe(false);
    expect(await response.text()).toMatch(/^<!DOCTYPE html><html>/);
  }
});

test('a body that is no JSON and a path that is no address are refused, not failed upon', async () => {
  const { send, authorization } = await open();
  const headers = { authorization, 'content-type': 'application/json' };
  const broken = await send(`/ns-api/?${query(read)}`, { method: 'POST', body: '{"domain":', headers });
  expect(broken.status).toBe(400);
  expect((await send('/ns-api/v2/domains', { headers: { authorization } })).status).toBe(404);
  expect((await send('/ns-api/', { method: 'DELETE', headers: { authorization } })).status).toBe(405);
});

test('a token is given for a query, a form, JSON and multipart, at both spellings, by POST and GET', async () => {
  const { send } = await start();
  const fields = passwordGrant(ADA);
  const multipart = new FormData();
  for (const [name, value] of Object.entries(fields)) multipart.set(name, value);
  const requests: [string, RequestInit][] = [
    [`?${query(fields)}`, { method: 'POST' }],
    [`?${query(fields)}`, {}],
    [`?grant_type=password`, form(fields)],
    ['', { method: 'POST', body: JSON.stringify(fields), headers: { 'content-type': 'application/json' } }],
    ['', { method: 'POST', body: multipart }],
  ];
  for (const address of ['/ns-api/oauth2/token', '/ns-api/oauth2/token/']) {
    for (const [search, init] of requests) {
      const response = await send(`${address}${search}`, init);
      expect(response.status).toBe(200);
      expect(((await response.json()) as Rows[number]).access_token).toMatch(/^[0-9a-f]{32}$/);
    }
  }
});
