import { PASSWORD } from '../../src/sandbox/company.ts';
import { startScript } from '../soak/process.ts';
import { startBalancer, type Balancer } from './balancer.ts';
import { sandboxSettings } from './gateway.ts';
import { createInstance, type Instance } from './instance.ts';
import { startRedis, type StartedRedis } from './redis.ts';

const people = {
  ada: { username: 'ada@example.test', account: '100200300' },
  ben: { username: 'ben.carter@example.test', account: '100200300' },
  grace: { username: 'grace@example.test', account: '200300400' },
} as const;

export type FleetPerson = keyof typeof people;

/** A GraphQL answer; the errors are none where there were none. */
export interface FleetAnswer {
  readonly data: Record<string, any> | null;
  readonly errors: readonly {
    readonly message: string;
    readonly extensions: Readonly<Record<string, any>>;
  }[];
}

export interface FleetOptions {
  /** Settings of all instances, beside the ones that lead to sandbox and Redis. */
  readonly env?: Readonly<Record<string, string>>;
  readonly redis?: Parameters<typeof startRedis>[0];
  /** The address at which the instances find the Redis that is at this one. */
  readonly redisUrl?: (url: string) => string;
  /** Options of Node's with which the instances run. */
  readonly nodeOptions?: readonly string[];
  /** Switches of the sandbox, as its command line has them: `name=value`. */
  readonly switches?: readonly string[];
}

/** Instances in processes of their own that share one Redis, in front of one sandbox and behind one address. */
export interface Fleet {
  readonly sandboxUrl: string;
  readonly redis: StartedRedis;
  readonly balancer: Balancer;
  readonly instances: readonly Instance[];
  /** An instance that is up, at random. */
  readonly pick: () => Instance;
  /** Asks the sandbox's control surface, whose answer is read. */
  readonly control: (method: string, path: string, body?: unknown) => Promise<any>;
  /** A platform's token of somebody, as the header that passes it through. */
  readonly tokenOf: (person: FleetPerson) => Promise<Record<string, string>>;
  readonly execute: (
    instance: Instance,
    query: string,
    headers: Readonly<Record<string, string>>,
    variables?: object,
  ) => Promise<FleetAnswer>;
  readonly stop: () => Promise<void>;
}

const startSandbox = async (switches: readonly string[]) => {
  const ready = / at (http:\/\/[\d.:]+)/;
  const args = ['--port', '0', ...switches.flatMap((one) => ['--switch', one])];
  const sandbox = await startScript('sandbox/main.ts', args, {}, ready);
  return { url: ready.exec(sandbox.line)?.[1] ?? '', stop: () => sandbox.stop() };
};

export const startFleet = async ({
  env = {},
  redis: wish = {},
  redisUrl = (url) => url,
  nodeOptions = [],
  switches = [],
}: FleetOptions = {}): Promise<Fleet> => {
  const [sandbox, redis] = await Promise.all([startSandbox(switches), startRedis(wish)]);
  let publicUrl = '';
  const instances = await Promise.all(
    Array.from({ length: 3 }, () =>
      createInstance(
        (port) => ({
          ...sandboxSettings(sandbox.url),
          PORT: String(port),
          REDIS_URL: redisUrl(redis.url),
          PUBLIC_URL: publicUrl,
          LOG_LEVEL: 'warn',
          ...env,
        }),
        nodeOptions,
      ),
    ),
  );
  const balancer = await startBalancer(instances.map(({ url }) => url));
  publicUrl = balancer.url;
  await Promise.all(instances.map((instance) => instance.start()));

  return {
    sandboxUrl: sandbox.url,
    redis,
    balancer,
    instances,
    pick: () => {
      const up = instances.filter((instance) => instance.isUp());
      return (up[Math.floor(Math.random() * up.length)] ?? instances[0]) as Instance;
    },
    control: async (method, path, body) => {
      const response = await fetch(`${sandbox.url}/_sandbox${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(text);
      return text === '' ? null : JSON.parse(text);
    },
    tokenOf: async (person) => {
      const { username, account } = people[person];
      const form = { grant_type: 'password', username, password: PASSWORD, account_id: account };
      const response = await fetch(`${sandbox.url}/authentication/2017-09-01/token`, {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      const { access_token: token } = (await response.json()) as { readonly access_token: string };
      return { authorization: `Bearer ${token}` };
    },
    execute: async (instance, query, headers, variables = {}) => {
      const response = await fetch(`${instance.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors = [] } = (await response.json()) as Partial<FleetAnswer>;
      return { data: data ?? null, errors };
    },
    stop: async () => {
      await Promise.all(instances.map((instance) => instance.stop()));
      await Promise.all([sandbox.stop(), redis.stop(), balancer.close()]);
    },
  };
};
