import type { Fault } from '../../src/sandbox/fault-rule.ts';
import type { LoggedRequest } from '../../src/sandbox/requests.ts';
import { callOf } from './call.ts';
import { fieldExamples } from './example.ts';
import type { TestGateway } from './gateway.ts';
import type { Target } from './hostile-walk.ts';
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
  for (const match of writes) await sandbox.fail({ match, fault: refusal });
  await gateway.bill();
  return {
    send: (query, variables, requestId) =>
      gateway.execute(query, { ...session, 'x-request-id': requestId }, variables),
    take: async () => {
      const requests = await sandbox.requests();
      // Forgotten here without the search for secrets: a hostile text may have been a password.
      await fetch(`${sandbox.url}/_sandbox/requests`, { method: 'DELETE' });
      return requests;
    },
  };
};
