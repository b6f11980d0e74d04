import { describe, expect, it } from 'vitest';
import { withGateway } from '../helpers/gateway.ts';

const WINDOW = 'from: "2000-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z"';

describe('the history', () => {
  it('of one person refuses a cursor of another', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const read = async (first: number, after = '') => {
      const history = `callHistory(${WINDOW}, first: 2${after}) { pageInfo { endCursor } }`;
      const query = `{ users(first: ${first}) { nodes { person { ${history} } } } }`;
      const { data, errors } = await gateway.execute(query, session);
      const cursors = data?.['users'].nodes.map(({ person }: any) => person.callHistory?.pageInfo.endCursor);
      return { cursors, errors };
    };
    const { cursors } = await read(2);
    const next = await read(2, `, after: "${cursors[1]}"`);
    expect(next.errors).toMatchObject([
      {
        path: ['users', 'nodes', 0, 'person', 'callHistory'],
        extensions: { code: 'BAD_USER_INPUT', argument: 'after' },
      },
    ]);
    expect(next.cursors[1]).not.toBeUndefined();
  });

  it('of a domain refuses a name that is none, before anything is sent', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { errors } = await gateway.execute(
      `{ callHistory(domain: "acme.12345.service/1001", ${WINDOW}) { nodes { startedAt } } }`,
      session,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'domain' } }]);
    expect(await gateway.bill()).toEqual([]);
  });
});
