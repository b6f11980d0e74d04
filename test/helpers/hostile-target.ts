import type { Fault } from '../../src/sandbox/fault-rule.ts';
import type { LoggedRequest } from '../../src/sandbox/requests.ts';
import { callOf } from './call.ts';
import { fieldExamples } from './example.ts';
import type { TestGateway } from './gateway.ts';
import type { Target } from './hostile-walk.ts';
import { openStream } from './subscribers.ts';
import { isWrite } from './write.ts';

const refusal: Fault = { type: 'status', status: 400 };

/** The writes of the legacy platform that the mutations of the schema send, found by doing what the examples do. */
const findLegacyWrites = async (
  gateway: TestGateway,
): Promise<readonly Required<Pick<LoggedRequest, 'object' | 'action'>>[]> => {
  const session = await gateway.signIn();
  await gateway.bill();
  for (const { field, args } of fieldExamples) {
    const [parent = '', name = ''] = field.split('.');
    if (parent !== 'Mutation' || name.startsWith('sign')) continue;
    const { query, variables } = callOf(parent, name, args);
    await gateway.execute(query, session, variables);
  }
  const writes = (await gateway.sandbox.requests()).filter(isWrite);
  const pairs = writes.flatMap(({ object, action }) =>
    object === undefined || action === undefined ? [] : [{ object, action }],
  );
  return [...new Map(pairs.map((pair) => [`${pair.object} ${pair.action}`, pair])).values()];
};

/**
 * Follows subscriptions until their end, which they have because the platforms refuse to tell; one after the other, for
 * those that want the same share what is asked for them.
 */
const createFollow = (gateway: TestGateway) => {
  let last: Promise<unknown> = Promise.resolve();
  const followOne = async (query: string, variables: object, headers: Readonly<Record<string, string>>) => {
    const stream = await openStream(gateway, query, headers, { variables });
    const [result] = await stream.rest();
    return { data: result?.data, errors: result?.errors ?? [] };
  };
  return (...operation: Parameters<typeof followOne>) => {
    const turn = last.then(() => followOne(...operation));
    last = turn.catch(() => undefined);
    return turn;
  };
};

/**
 * Sends operations as somebody who may do everything, to platforms that refuse each write: what comes of one text changes
 * nothing for the next.
 */
export const createTarget = async (gateway: TestGateway): Promise<Target> => {
  const { sandbox } = gateway;
  const writes = await findLegacyWrites(gateway);
  await sandbox.control('POST', '/reset');
  const session = await gateway.signIn();
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    await sandbox.fail({ match: { platform: 'cloudlink', method }, fault: refusal });
  for (const match of [...writes, { object: 'event', action: 'create' }])
    await sandbox.fail({ match, fault: refusal });
  await gateway.bill();
  const follow = createFollow(gateway);
  return {
    send: (query, variables, requestId) => {
      const headers = { ...session, 'x-request-id': requestId };
      if (query.startsWith('subscription')) return follow(query, variables, headers);
      return gateway.execute(query, headers, variables);
    },
    take: async () => {
      const requests = await sandbox.requests();
      // Forgotten here without the search for secrets: a hostile text may have been a password.
      await fetch(`${sandbox.url}/_sandbox/requests`, { method: 'DELETE' });
      return requests;
    },
  };
};
