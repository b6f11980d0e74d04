import type { Incoming, Platform, Reply } from '../../src/sandbox/exchange.ts';
import type { PlatformKind } from '../../src/sandbox/world.ts';

/** Two platforms of a few lines, so that the core is tested without the real ones. */
const createStandIn = (prefix: string, describe: Platform['describe']): Platform => {
  let people = 0;
  let writes = 0;
  let release: () => void = () => undefined;

  const handle = async ({ method, path, body, headers }: Incoming): Promise<Reply> => {
    if (path === `${prefix}/release`) release();
    if (path === `${prefix}/held`) await new Promise<void>((resolve) => (release = resolve));
    if (path === `${prefix}/defect`) throw new Error('the stand-in is broken');
    if (path === `${prefix}/reason`)
      return { status: 401, reason: 'The token is übel', headers: { warning: '東京\r\nok' } };
    if (method === 'POST') writes += 1;
    return {
      status: 200,
      headers: { 'content-type': 'application/json', 'x-stand-in': 'yes' },
      body: JSON.stringify({ people, writes, received: body.toString('utf8'), host: headers.host }),
    };
  };

  return {
    accepts: ({ path }) => path === prefix || path.startsWith(`${prefix}/`),
    describe,
    handle,
    advance: () => undefined,
    publish: () => 0,
    beginCall: () => undefined,
    refuseToken: () => ({ status: 401, reason: 'Expired', body: `${prefix} says expired` }),
    reset: (company) => {
      people = company.people.length;
      writes = 0;
    },
  };
};

export const standIns: readonly PlatformKind[] = [
  {
    name: 'cloudlink',
    prefixes: ['/one'],
    create: () =>
      createStandIn('/one', ({ method, path }) => ({ service: 'admin', route: `${method} ${path}` })),
  },
  {
    name: 'netsapiens',
    prefixes: ['/two'],
    create: () =>
      createStandIn('/two', ({ query }) => {
        const asked = new URLSearchParams(query);
        return { object: asked.get('object') ?? '', action: asked.get('action') ?? '' };
      }),
  },
];
