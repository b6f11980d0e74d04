import { expect } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import type { TestGateway } from './gateway.ts';
import { globalId } from './global-id.ts';

/** The account of Ada, who administers it, and of Ben, who does not. */
export const ACME_ACCOUNT = guid(1, 1);

const idOf = (type: string, key: string) => globalId('cloudlink', type, `${ACME_ACCOUNT}/${key}`);

export const accountId = globalId('cloudlink', 'Account', ACME_ACCOUNT);
/** The person at this place of the account: Ada is the first, Ben the second. */
export const userId = (index: number): string => idOf('User', guid(2, index));
/** The group or site at this place of the account. */
export const groupId = (index: number): string => idOf('Group', guid(5, 1000 + index));
export const siteId = (index: number): string => idOf('Site', guid(6, 1000 + index));

/** What one of CloudLink's mutations answers: `data` is what is selected of a success. */
export const changeAs =
  (gateway: TestGateway, session: Readonly<Record<string, string>>) =>
  async (name: string, input: object, data = '', key?: string): Promise<Record<string, any>> => {
    const field = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const inputType = /^(add|remove)GroupMember$/.test(name) ? 'GroupMemberInput' : `${field}Input`;
    const { data: answer, errors } = await gateway.execute(
      `mutation ($input: ${inputType}!, $key: String) {
        result: ${name}(input: $input, clientMutationKey: $key) {
          __typename
          ... on ${field}Success { data ${data === '' ? '' : `{ ${data} }`} }
          ... on Rejection { code field message allowedValues }
        }
      }`,
      session,
      { input, key },
    );
    expect(errors).toEqual([]);
    return answer?.['result'];
  };
