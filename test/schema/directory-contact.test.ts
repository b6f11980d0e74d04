import { describe, expect, it } from 'vitest';
import { withGateway, type Person, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, readRaw } from '../helpers/legacy.ts';

const READ = 'contact read';
const subscriberId = (user: string) => globalId('subscriber', 'Subscriber', `${ACME}/${user}`);
const contactId = (contact: string, user: string) =>
  globalId('subscriber', 'DirectoryContact', `${ACME}/${contact}/${user}`);

const open = async (gateway: TestGateway, person: Person = 'ada') => {
  const session = await gateway.signIn(person);
  await gateway.bill();
  return (query: string, variables: object = {}) => gateway.execute(query, session, variables);
};

const rawContacts = (gateway: TestGateway, user: string) =>
  readRaw(gateway, { domain: ACME, user }, 'ada', 'object=contact&action=read');

describe('contacts', () => {
  it('are the own ones, those of the domain, and colleagues where they are wanted', async () => {
    const gateway = await withGateway();
    const execute = await open(gateway, 'ben');
    const { data, errors } = await execute(`{
      own: directoryContacts(extension: "1002") { totalCount nodes { id contactId name company workPhone tags isShared presence } }
      shared: directoryContacts { totalCount nodes { isShared } }
      all: directoryContacts(extension: "1002", includeColleagues: true, search: "ada example") {
        nodes { id contactId firstName workPhone presence colleague { extension } }
      }
    }`);
    expect(errors).toEqual([]);
    expect(data?.['own'].totalCount).toBe(3);
    expect(data?.['own'].nodes[0]).toMatchObject({
      isShared: false,
      presence: null,
      company: expect.any(String),
    });
    expect(data?.['shared']).toMatchObject({
      totalCount: 4,
      nodes: Array.from({ length: 4 }, () => ({ isShared: true })),
    });
    expect(data?.['all'].nodes).toContainEqual({
      id: contactId('@1001', '1002'),
      contactId: null,
      firstName: 'Ada',
      workPhone: '1001',
      presence: expect.any(String),
      colleague: null,
    });
    // A basic user's domain read shows nobody but the caller, and so no colleague as a subscriber.
    expect((await gateway.bill()).toSorted()).toEqual([READ, READ, READ, 'subscriber read']);
  });

  it('are paged by cursor without another look at pages that are known', async () => {
    const gateway = await withGateway();
    const execute = await open(gateway);
    const query = `query ($after: String) { directoryContacts(first: 3, after: $after) {
      nodes { name } pageInfo { hasNextPage endCursor }
    } }`;
    const first = await execute(query);
    const after = first.data?.['directoryContacts'].pageInfo.endCursor;
    const second = await execute(query, { after });
    expect(first.data?.['directoryContacts'].nodes).toHaveLength(3);
    expect(second.data?.['directoryContacts']).toMatchObject({
      nodes: [expect.anything()],
      pageInfo: { hasNextPage: false },
    });
  });

  it.each([10, 100])(
    'of %s subscribers cost a request each, because upstream asks for one book',
    async (first) => {
      const gateway = await withGateway({ users: 120 });
      const execute = await open(gateway);
      const { data, errors } = await execute(
        'query ($first: Int!) { subscribers(first: $first) { nodes { contacts(first: 1) { totalCount } } } }',
        { first },
      );
      expect(errors).toEqual([]);
      expect(data?.['subscribers'].nodes).toEqual(
        Array.from({ length: first }, () => ({ contacts: { totalCount: 3 } })),
      );
      expect((await gateway.bill()).filter((name) => name === READ)).toHaveLength(first);
    },
  );

  it('fail alone', async () => {
    const gateway = await withGateway();
    const execute = await open(gateway);
    await gateway.sandbox.fail({
      match: { object: 'contact' },
      times: 1,
      fault: { type: 'status', status: 500 },
    });
    const { data, errors } = await execute('{ subscribers(first: 4) { nodes { contacts { totalCount } } } }');
    expect(errors).toHaveLength(1);
    expect(
      data?.['subscribers'].nodes.filter(({ contacts }: { contacts: unknown }) => contacts === null),
    ).toHaveLength(1);
  });

  it('are nodes, several of one address book in one request', async () => {
    const gateway = await withGateway();
    const [one, two] = (await rawContacts(gateway, '1002')).map((row) => String(row['contact_id']));
    const execute = await open(gateway);
    const { data, errors } = await execute(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on DirectoryContact { contactId firstName } } }',
      { ids: [one, 'gone', two, '@1001'].map((contact) => contactId(contact ?? '', '1002')) },
    );
    expect(errors).toEqual([]);
    expect(data?.['nodes']).toMatchObject([
      { contactId: one },
      null,
      { contactId: two },
      { contactId: null, firstName: 'Ada' },
    ]);
    expect(await gateway.bill()).toEqual([READ, READ]);
  });

  it.each(['', ' ', '*', 'a,b', 'x'.repeat(256)])('are not asked for of %j', async (extension) => {
    const gateway = await withGateway();
    const execute = await open(gateway);
    const { errors } = await execute(
      'query ($extension: String) { directoryContacts(extension: $extension) { totalCount } }',
      { extension },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'extension' } }]);
    expect(await gateway.bill()).toEqual([]);
  });
});

describe('changes of a contact', () => {
  it.each(['strings', 'numeric'] as const)(
    'make it, change what is named and nothing else, and remove it (%s)',
    async (legacyTyping) => {
      const gateway = await withGateway({ switches: { legacyTyping, legacyWriteDelayMs: 0 } });
      const execute = await open(gateway, 'ben');
      const create = `mutation ($input: CreateDirectoryContactInput!) {
        createDirectoryContact(input: $input) {
          ... on CreateDirectoryContactSuccess { data { id contactId name workPhone tags isShared } }
        }
      }`;
      const input = {
        subscriber: subscriberId('1002'),
        firstName: 'Nina',
        lastName: 'Nord',
        workPhone: '0049301234',
        tags: ['vip', 'north'],
      };
      const [first, second] = [await execute(create, { input }), await execute(create, { input })];
      expect([...first.errors, ...second.errors]).toEqual([]);
      const [one, two] = [first, second].map(({ data }) => data?.['createDirectoryContact'].data);
      expect(one).toMatchObject({ name: 'Nina Nord', tags: ['vip', 'north'], isShared: false });
      // The same contact twice is two contacts, each with its own id.
      expect(two.contactId).not.toBe(one.contactId);
      expect((await gateway.bill()).slice(0, 3)).toEqual([READ, 'contact create', READ]);

      const before = await rawContacts(gateway, '1002');
      await gateway.bill();
      const { data, errors } = await execute(
        `mutation ($contact: ID!, $other: ID!) {
          updateDirectoryContact(input: { contact: $contact, company: "Northwind", tags: null }) {
            ... on UpdateDirectoryContactSuccess { data { name company tags } }
          }
          deleteDirectoryContact(input: { contact: $other }) { ... on DeleteDirectoryContactSuccess { data } }
          again: deleteDirectoryContact(input: { contact: $other }) { ... on Rejection { code } }
        }`,
        { contact: one.id, other: two.id },
      );
      expect(errors).toEqual([]);
      expect(data).toEqual({
        updateDirectoryContact: { data: { name: 'Nina Nord', company: 'Northwind', tags: [] } },
        deleteDirectoryContact: { data: two.id },
        again: { code: 'NOT_FOUND' },
      });
      expect(await gateway.bill()).toEqual([
        READ,
        'contact update',
        READ,
        READ,
        'contact delete',
        READ,
        READ,
      ]);
      const now = expect.anything();
      const kept = before.filter((row) => String(row['contact_id']) !== two.contactId);
      expect(await rawContacts(gateway, '1002')).toEqual(
        kept.map((row) =>
          String(row['contact_id']) === one.contactId
            ? { ...row, company: 'Northwind', tags: '', ts: now }
            : row,
        ),
      );
    },
  );

  it("of a colleague's address book are refused to a basic user", async () => {
    const gateway = await withGateway();
    const execute = await open(gateway, 'ben');
    const { data } = await execute(
      `mutation ($subscriber: ID) { createDirectoryContact(input: { subscriber: $subscriber, firstName: "a", lastName: "b" }) {
        ... on Rejection { code }
      } }`,
      { subscriber: subscriberId('1001') },
    );
    expect(data?.['createDirectoryContact']).toEqual({ code: 'FORBIDDEN' });
  });
});
