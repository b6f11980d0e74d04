import { describe, expect, it } from 'vitest';
import { pathsOf } from '../helpers/error-path.ts';
import { withGateway } from '../helpers/gateway.ts';

describe('when one platform fails', () => {
  it('users are there, and each subscriber is null with an error of its platform', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: { platform: 'netsapiens' }, fault: { type: 'status', status: 500 } });
    const { data, errors } = await gateway.execute(
      '{ users(first: 3) { nodes { name subscriber { extension } } } }',
      session,
    );
    expect(data?.['users'].nodes).toEqual([
      { name: 'Ada Example', subscriber: null },
      { name: 'Ben Carter', subscriber: null },
      { name: 'Chloe Martin', subscriber: null },
    ]);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', platform: 'subscriber' } }]);
    expect(pathsOf(errors)).toEqual([0, 1, 2].map((index) => ['users', 'nodes', index, 'subscriber']));
  });

  it('subscribers are there, and each user is null with an error of its platform', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: { service: 'admin' }, fault: { type: 'status', status: 500 } });
    const { data, errors } = await gateway.execute(
      '{ subscribers(first: 2) { nodes { extension user { name } } } }',
      session,
    );
    expect(data?.['subscribers'].nodes).toEqual([
      { extension: '0012', user: null },
      { extension: '1001', user: null },
    ]);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', platform: 'cloudlink' } }]);
    expect(pathsOf(errors)).toEqual([0, 1].map((index) => ['subscribers', 'nodes', index, 'user']));
  });

  it('says which header is missing where one platform has no token', async () => {
    const gateway = await withGateway();
    const { cloudlink, subscriber } = await gateway.tokens();
    const users = await gateway.execute(
      '{ users(first: 1) { nodes { name subscriber { name } } } }',
      cloudlink,
    );
    expect(users.data?.['users'].nodes).toEqual([{ name: 'Ada Example', subscriber: null }]);
    expect(users.errors).toMatchObject([
      {
        path: ['users', 'nodes', 0, 'subscriber'],
        message: expect.stringContaining('X-Subscriber-Authorization'),
        extensions: { code: 'UNAUTHENTICATED', platform: 'subscriber' },
      },
    ]);
    const subscribers = await gateway.execute(
      '{ subscribers(first: 2) { nodes { extension user { name } } } }',
      subscriber,
    );
    expect(subscribers.data?.['subscribers'].nodes[1]).toEqual({ extension: '1001', user: null });
    expect(subscribers.errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED', platform: 'cloudlink' } },
    ]);
    expect(pathsOf(subscribers.errors)).toContainEqual(['subscribers', 'nodes', 1, 'user']);
  });

  it('is not configured at all, the other one answers', async () => {
    const gateway = await withGateway({
      env: { SUBSCRIBER_API_URL: '', SUBSCRIBER_CLIENT_ID: '', SUBSCRIBER_CLIENT_SECRET: '' },
    });
    const { cloudlink } = await gateway.tokens();
    const { data, errors } = await gateway.execute(
      '{ users(first: 1) { nodes { name subscriber { name } } } }',
      cloudlink,
    );
    expect(data?.['users'].nodes).toEqual([{ name: 'Ada Example', subscriber: null }]);
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('SUBSCRIBER_API_URL'),
        extensions: { code: 'PLATFORM_NOT_CONFIGURED', platform: 'subscriber' },
      },
    ]);
  });
});
