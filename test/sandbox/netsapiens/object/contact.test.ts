import { expect, test } from 'vitest';
import { ACME, BEN, GLOBEX, startWith } from '../start.ts';

const own = { domain: ACME, user: '1002' };
const nina = {
  ...own,
  first_name: 'Nina',
  last_name: 'New',
  work_phone: '12125550199',
  email: 'nina@example.test',
};

const open = async (switches = {}) => {
  const platform = await startWith('contact', switches);
  return { ...platform, ben: await platform.logIn(BEN) };
};

test('somebody has contacts with all their columns, found by name and tag', async () => {
  const { read, ben } = await open();
  const contacts = await read(own, ben);
  expect(contacts).toHaveLength(3);
  expect(Object.keys(contacts[0] ?? {})).toEqual([
    'contact_id',
    'domain',
    'user',
    'first_name',
    'middle_name',
    'last_name',
    'company',
    'work_phone',
    'cell_phone',
    'home_phone',
    'fax',
    'email',
    'tags',
    'ts',
    'shared',
  ]);
  const [first] = contacts;
  const { first_name = '', contact_id = '' } = first ?? {};
  expect(await read({ ...own, first_name: first_name.toUpperCase() }, ben)).toEqual([first]);
  expect(await read({ ...own, tags: 'vip' }, ben)).toEqual([first]);
  expect(await read({ ...own, contact_id }, ben)).toEqual([first]);
  const ordered = await read({ ...own, order: 'last_name desc', limit: '2' }, ben);
  expect(ordered).toHaveLength(2);
  expect((ordered[0]?.last_name ?? '') > (ordered[1]?.last_name ?? '')).toBe(true);
});

test('the shared directory is under the user domain, for everybody to read and administrators to write', async () => {
  const { read, status, ben } = await open();
  const shared = await read({ domain: ACME, user: 'domain' }, ben);
  expect(shared).toHaveLength(4);
  expect(new Set(shared.map(({ shared }) => shared))).toEqual(new Set(['yes']));
  expect(await status('create', { ...nina, user: 'domain' }, ben)).toBe(403);
  expect(await status('create', { ...nina, user: 'domain' })).toBe(202);
  expect(await read({ domain: ACME, user: 'domain' }, ben)).toHaveLength(5);
});

test('includeDomain adds colleagues with their presence', async () => {
  const { read, ben } = await open();
  const everybody = await read({ ...own, includeDomain: 'yes' }, ben);
  expect(everybody).toHaveLength(3 + 41);
  expect(everybody).toContainEqual(
    expect.objectContaining({ uid: `1001@${ACME}`, contact_id: '', first_name: 'Ada', presence: 'open' }),
  );
  expect(everybody.map(({ uid }) => uid)).not.toContain(BEN);
  const support = await read({ ...own, includeDomain: 'yes', department: 'Support' }, ben);
  expect(support.length).toBeGreaterThan(1);
  expect(new Set(support.map(({ group }) => group))).toEqual(new Set(['Support']));
});

test('nobody reads or writes the contacts of others, but those who administer them', async () => {
  const { read, status, ben } = await open();
  expect(await read({ domain: ACME, user: '1001', includeDomain: 'yes' }, ben)).toEqual([]);
  expect(await read(own)).toHaveLength(3);
  expect(await status('create', { ...nina, user: '1001' }, ben)).toBe(403);
  expect(await status('read', { domain: GLOBEX, user: '2001' })).toBe(403);
  expect(await status('read', { domain: ACME })).toBe(400);
});

test('a contact is made, changed and deleted by its id', async () => {
  const { read, status, ben } = await open();
  expect(await status('create', nina, ben)).toBe(202);
  const [made] = await read({ ...own, first_name: 'Nina' }, ben);
  expect(made).toMatchObject({ ...nina, shared: 'no' });
  const { contact_id = '' } = made ?? {};
  await status('update', { ...own, contact_id, last_name: 'Renamed', fax: '' }, ben);
  expect(await read({ ...own, contact_id }, ben)).toEqual([
    { ...made, last_name: 'Renamed', ts: expect.any(String) },
  ]);
  expect(await status('delete', { ...own, contact_id }, ben)).toBe(202);
  expect(await read({ ...own, contact_id }, ben)).toEqual([]);
  expect(await status('delete', { ...own, contact_id }, ben)).toBe(404);
});

test('without an id the two names are the key', async () => {
  const { read, status, ben } = await open();
  await status('create', nina, ben);
  expect(
    await status('update', { ...own, first_name: 'Nina', last_name: 'New', company: 'Newco' }, ben),
  ).toBe(202);
  expect(await read({ ...own, first_name: 'Nina' }, ben)).toMatchObject([{ company: 'Newco' }]);
  expect(await status('update', { ...own, first_name: 'Nina' }, ben)).toBe(400);
  expect(await status('create', { ...own, first_name: 'Solo' }, ben)).toBe(400);
});

test('newer builds give the new contact back', async () => {
  const { ask, ben } = await open({ legacyTyping: 'numeric' });
  const created = await ask('create', nina, ben);
  expect(created.status).toBe(200);
  expect(await created.json()).toMatchObject([{ first_name: 'Nina', contact_id: expect.any(String) }]);
});
