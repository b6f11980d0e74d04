import { expect, it } from 'vitest';
import { withGateway, type Person, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME } from '../helpers/legacy.ts';

const READ = 'phonenumber read';
const numberId = (rule: string) => globalId('subscriber', 'PhoneNumber', `${ACME}/${rule}`);

const open = async (gateway: TestGateway, person: Person = 'ada') => {
  const session = await gateway.signIn(person);
  await gateway.bill();
  return (query: string, variables: object = {}) => gateway.execute(query, session, variables);
};

it.each(['strings', 'numeric'] as const)(
  'numbers lead to their owner, a person or a queue (%s)',
  async (legacyTyping) => {
    const gateway = await withGateway({ switches: { legacyTyping } });
    const execute = await open(gateway);
    const { data, errors } = await execute(`{ phoneNumbers(first: 100) { totalCount nodes {
    id matchRule number digits isEnabled application description domainName extension subscriber { kind name }
  } } }`);
    expect(errors).toEqual([]);
    const nodes: { digits: string }[] = data?.['phoneNumbers'].nodes;
    expect(nodes.find(({ digits }) => digits === '12125550100')).toEqual({
      id: numberId('sip:12125550100@*'),
      matchRule: 'sip:12125550100@*',
      number: '+12125550100',
      digits: '12125550100',
      isEnabled: true,
      application: 'sysAutoAttendant',
      description: 'Acme Ltd',
      domainName: ACME,
      extension: '801',
      subscriber: { kind: 'ATTENDANT', name: 'Auto Attendant' },
    });
    expect(nodes.find(({ digits }) => digits.endsWith('9902'))).toMatchObject({
      isEnabled: false,
      extension: null,
      subscriber: null,
    });
    // One read for the people, and one for each of the two rows that are none.
    expect(await gateway.bill()).toEqual([READ, ...Array(3).fill('subscriber read')]);
  },
);

it.each([
  [10, 30, [READ]],
  [100, 120, [READ]],
])('numbers of %s subscribers, in a domain of %s, are one read of the domain', async (first, users, bill) => {
  const gateway = await withGateway({ users });
  const execute = await open(gateway);
  const { data, errors } = await execute(
    'query ($first: Int!) { subscribers(first: $first) { nodes { extension phoneNumbers { extension } } } }',
    { first },
  );
  expect(errors).toEqual([]);
  const nodes: { extension: string; phoneNumbers: { extension: string }[] }[] = data?.['subscribers'].nodes;
  expect(nodes).toHaveLength(first);
  expect(nodes.flatMap(({ phoneNumbers }) => phoneNumbers).length).toBeGreaterThan(first / 2);
  const misplaced = nodes.filter(({ extension, phoneNumbers }) =>
    phoneNumbers.some((number) => number.extension !== extension),
  );
  expect(misplaced).toEqual([]);
  expect((await gateway.bill()).filter((name) => name === READ)).toEqual(bill);
});

it('numbers are nodes, and what upstream sends for another key is none', async () => {
  const gateway = await withGateway();
  const execute = await open(gateway);
  const { data, errors } = await execute(
    'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on PhoneNumber { digits } } }',
    { ids: ['sip:12125550100@*', '*'].map(numberId) },
  );
  expect(errors).toEqual([]);
  expect(data).toEqual({ nodes: [{ digits: '12125550100' }, null] });
});

it('numbers are refused to a basic user, one cause at each place that asked', async () => {
  const gateway = await withGateway();
  const execute = await open(gateway, 'ben');
  const { data, errors } = await execute(
    '{ phoneNumbers { nodes { digits } } subscriber(user: "1002") { name phoneNumbers { digits } } }',
  );
  expect(data).toMatchObject({ phoneNumbers: null, subscriber: { name: 'Ben Carter', phoneNumbers: null } });
  expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN', 'FORBIDDEN']);
});
