import { guid } from '../../src/sandbox/company.ts';
import type { TestGateway } from './gateway.ts';
import { globalId } from './global-id.ts';
import { ACME } from './legacy.ts';

export const USER = 'GET /accounts/{accountId}/users/{userId}';
export const READ = 'subscriber read';

export const acme = guid(1, 1);
export const ada = `${acme}/${guid(2, 1)}`;
export const personId = (user: string, subscriber: string) =>
  globalId('both', 'Person', `${user},${subscriber}`);
export const adaId = personId(ada, `${ACME}/1001`);

export const WHOLE = `fragment Whole on Person {
  id name extension emails
  user { userId }
  subscriber { extension domainName }
}`;
export const wholeAda = {
  id: adaId,
  name: 'Ada Example',
  extension: '1001',
  emails: ['ada@example.test'],
  user: { userId: guid(2, 1) },
  subscriber: { extension: '1001', domainName: ACME },
};

/** One field of the query, as somebody, with what it cost. */
export const ask = async (
  gateway: TestGateway,
  session: Record<string, string>,
  query: string,
  variables: object = {},
) => {
  await gateway.bill();
  const answer = await gateway.execute(query, session, variables);
  return { ...answer, warnings: answer.extensions['warnings'], bill: await gateway.bill() };
};
