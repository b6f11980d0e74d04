import { expect, it } from 'vitest';
import { withGateway, type Person, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME } from '../helpers/legacy.ts';

const READ = 'answerrule read';
const subscriberId = (user: string) => globalId('subscriber', 'Subscriber', `${ACME}/${user}`);
const ruleId = (user: string, timeFrame: string) =>
  globalId('subscriber', 'AnswerRule', `${ACME}/${user},${timeFrame}`);

const open = async (gateway: TestGateway, person: Person = 'ada') => {
  const session = await gateway.signIn(person);
  await gateway.bill();
  return (query: string, variables: object = {}) => gateway.execute(query, session, variables);
};

it('rules are in the order in which they are tried, with their ways in our words', async () => {
  const gateway = await withGateway();
  const execute = await open(gateway);
  const { data, errors } = await execute(`{ subscriber(user: "1001") { answerRules {
    id timeFrame order isEnabled isDoNotDisturb subscriber { extension }
    simultaneousRing { isEnabled numbers } forwardAlways { isEnabled numbers } rejectList { isEnabled numbers }
  } } }`);
  expect(errors).toEqual([]);
  expect(data?.['subscriber'].answerRules).toMatchObject([
    {
      id: ruleId('1001', 'Business Hours'),
      order: 1,
      isEnabled: true,
      rejectList: { isEnabled: true, numbers: [expect.any(String)] },
    },
    {
      id: ruleId('1001', '*'),
      order: 99,
      isDoNotDisturb: false,
      subscriber: { extension: '1001' },
      simultaneousRing: { isEnabled: true, numbers: ['1001', '1001a', expect.any(String)] },
      forwardAlways: { isEnabled: false, numbers: [] },
    },
  ]);
  expect(await gateway.bill()).toEqual(['subscriber read', READ]);
});

it.each([10, 100])('rules of %s subscribers cost a request each', async (first) => {
  const gateway = await withGateway({ users: 120 });
  const execute = await open(gateway);
  const { data, errors } = await execute(
    'query ($first: Int!) { subscribers(first: $first) { nodes { answerRules { timeFrame } } } }',
    { first },
  );
  expect(errors).toEqual([]);
  expect(data?.['subscribers'].nodes).toHaveLength(first);
  expect((await gateway.bill()).filter((name) => name === READ)).toHaveLength(first);
});

it('rules fail alone', async () => {
  const gateway = await withGateway();
  const execute = await open(gateway);
  await gateway.sandbox.fail({
    match: { object: 'answerrule' },
    times: 1,
    fault: { type: 'status', status: 500 },
  });
  const { data, errors } = await execute('{ subscribers(first: 4) { nodes { answerRules { order } } } }');
  expect(errors).toHaveLength(1);
  const nodes: { answerRules: unknown }[] = data?.['subscribers'].nodes;
  expect(nodes.filter(({ answerRules }) => answerRules === null)).toHaveLength(1);
});

it('rules are nodes, those of one subscriber by one request', async () => {
  const gateway = await withGateway();
  const execute = await open(gateway);
  const { data, errors } = await execute(
    'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on AnswerRule { timeFrame } } }',
    { ids: ['*', 'Holidays', 'Business Hours'].map((timeFrame) => ruleId('1001', timeFrame)) },
  );
  expect(errors).toEqual([]);
  expect(data).toEqual({ nodes: [{ timeFrame: '*' }, null, { timeFrame: 'Business Hours' }] });
  expect(await gateway.bill()).toEqual([READ]);
});

it('rules are made, changed in what is named, put in order and removed, by a basic user for itself', async () => {
  const gateway = await withGateway({ switches: { legacyWriteDelayMs: 0 } });
  const execute = await open(gateway, 'ben');
  const { data, errors } = await execute(
    `mutation ($subscriber: ID!, $holidays: ID!) {
      createAnswerRule(input: { subscriber: $subscriber, timeFrame: "Holidays & 100 %",
        forwardAlways: { isEnabled: true, numbers: ["15552000001"] } }) {
        ... on CreateAnswerRuleSuccess { data { id isEnabled forwardAlways { isEnabled numbers } } }
      }
      taken: createAnswerRule(input: { subscriber: $subscriber, timeFrame: "*" }) { ... on Rejection { code } }
      updateAnswerRule(input: { answerRule: $holidays, isDoNotDisturb: true, forwardAlways: { isEnabled: false } }) {
        ... on UpdateAnswerRuleSuccess { data { isEnabled isDoNotDisturb forwardAlways { isEnabled numbers } } }
      }
      reorderAnswerRules(input: { subscriber: $subscriber, timeFrames: ["*", "Holidays & 100 %"] }) {
        ... on ReorderAnswerRulesSuccess { data { timeFrame order } }
      }
      deleteAnswerRule(input: { answerRule: $holidays }) { ... on DeleteAnswerRuleSuccess { data } }
      again: deleteAnswerRule(input: { answerRule: $holidays }) { ... on Rejection { code } }
    }`,
    { subscriber: subscriberId('1002'), holidays: ruleId('1002', 'Holidays & 100 %') },
  );
  expect(errors).toEqual([]);
  const numbers = ['15552000001'];
  expect(data).toEqual({
    createAnswerRule: {
      data: {
        id: ruleId('1002', 'Holidays & 100 %'),
        isEnabled: true,
        forwardAlways: { isEnabled: true, numbers },
      },
    },
    taken: { code: 'CONFLICT' },
    updateAnswerRule: {
      data: { isEnabled: true, isDoNotDisturb: true, forwardAlways: { isEnabled: false, numbers } },
    },
    reorderAnswerRules: {
      data: [
        { timeFrame: '*', order: 1 },
        { timeFrame: 'Holidays & 100 %', order: 2 },
      ],
    },
    deleteAnswerRule: { data: ruleId('1002', 'Holidays & 100 %') },
    again: { code: 'NOT_FOUND' },
  });
  expect(await gateway.bill()).toEqual([
    'answerrule create',
    READ,
    'answerrule create',
    'answerrule update',
    READ,
    'answerrule reorder',
    READ,
    'answerrule delete',
    READ,
    'answerrule delete',
  ]);
});
