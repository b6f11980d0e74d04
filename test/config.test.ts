import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../src/config.ts';
import { runMain } from './helpers/process.ts';

const SECRET = 'canary-of-the-settings';
const ACCOUNT = '00000001-5eed-4000-8000-000000000001';

const subscriberApi = {
  SUBSCRIBER_API_URL: 'https://portal.example.com/ns-api',
  SUBSCRIBER_CLIENT_ID: 'my-client',
  SUBSCRIBER_CLIENT_SECRET: SECRET,
};

type Env = Readonly<Record<string, string>>;

const NO_URL =
  'must be an http or https URL of scheme, host and path, without credentials, query, fragment or blanks';

const NO_REDIS =
  'must be a redis or rediss URL of host, port and perhaps credentials and the number of a database';

const NO_NETWORKS =
  'must be a comma-separated list of IP addresses, networks such as 10.0.0.0/8, loopback, linklocal or uniquelocal';

const NO_WEBHOOK_NETWORKS =
  'must be any, or a comma-separated list of IP addresses, networks such as 203.0.113.0/24, loopback, linklocal or uniquelocal';

const noPublicUrl = (name: string) =>
  `is missing, but ${name}=webhook needs an address at which the platform reaches every instance: without it each names the one on which it listens`;

/** Settings that cannot be used: the variable that is named, and what is said about it before the example. */
const broken: readonly (readonly [env: Env, name: string, problem: string])[] = [
  [{ PORT: 'http' }, 'PORT', 'must be a whole number from 0 to 65535, not "http"'],
  [{ PORT: '65536' }, 'PORT', 'must be from 0 to 65535, not "65536"'],
  [{ PORT: '-1' }, 'PORT', 'must be a whole number from 0 to 65535, not "-1"'],
  [{ PORT: '4e3' }, 'PORT', 'must be a whole number from 0 to 65535, not "4e3"'],
  [{ PORT: '4000', SANDBOX_PORT: '4000' }, 'SANDBOX_PORT', 'must differ from PORT, both are 4000'],
  [
    { SANDBOX_PORT: '4010\n4011' },
    'SANDBOX_PORT',
    'must be a whole number from 0 to 65535, not "4010\\n4011"',
  ],
  [{ HOST: 'http://localhost' }, 'HOST', 'must be an IP address, localhost or the name of this machine'],
  // Looking it up would take seconds.
  [
    { HOST: 'nosuchhost.invalid' },
    'HOST',
    'must be an IP address, localhost or the name of this machine, not "nosuchhost.invalid"',
  ],
  [{ NODE_ENV: 'prod' }, 'NODE_ENV', 'must be one of development, production, test, not "prod"'],
  [
    { NODE_ENV: 'production' },
    'CLOUDLINK_ENVIRONMENT',
    'is missing, and so is SUBSCRIBER_API_URL: NODE_ENV=production needs a platform',
  ],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL', 'must be one of debug, info, warn, error, silent, not "loud"'],
  [{ REDIS_URL: `http://:${SECRET}@127.0.0.1` }, 'REDIS_URL', NO_REDIS],
  [{ REDIS_URL: '127.0.0.1:6379' }, 'REDIS_URL', NO_REDIS],
  [{ WORKERS: '0' }, 'WORKERS', 'must be from 1 to 128, not "0"'],
  [
    { CLOUDLINK_ENVIRONMENT: 'sandbox', WORKERS: '2' },
    'REDIS_URL',
    'is missing, but WORKERS=2 processes must share what they know',
  ],
  [
    { REDIS_URL: `redis://:${SECRET}@127.0.0.1`, WORKERS: '2' },
    'WORKERS',
    'must be 1 where no platform is configured: the sandbox is for one process',
  ],
  [
    { CLOUDLINK_ENVIRONMENT: 'sandbox', REDIS_URL: 'redis://127.0.0.1', WORKERS: '2', PORT: '0' },
    'PORT',
    'must not be 0 where WORKERS=2 processes share it',
  ],
  [
    { CLOUDLINK_ENVIRONMENT: 'sandbox', CLOUDLINK_FEEDS: 'webhook', REDIS_URL: 'redis://127.0.0.1' },
    'PUBLIC_URL',
    noPublicUrl('CLOUDLINK_FEEDS'),
  ],
  [{ ...subscriberApi, SUBSCRIBER_FEEDS: 'webhook' }, 'PUBLIC_URL', noPublicUrl('SUBSCRIBER_FEEDS')],
  [
    {
      ...subscriberApi,
      SUBSCRIBER_API_URL: 'http://127.0.0.1:4010/ns-api',
      SUBSCRIBER_FEEDS: 'webhook',
      NODE_ENV: 'production',
    },
    'PUBLIC_URL',
    noPublicUrl('SUBSCRIBER_FEEDS'),
  ],
  ...['platform.example.com', '10.0.0.0/33', '0.0.0.0/0', 'any,10.0.0.0/8', 'loopback,', 'all'].map(
    (networks) =>
      [
        { CLOUDLINK_WEBHOOK_NETWORKS: networks },
        'CLOUDLINK_WEBHOOK_NETWORKS',
        `${NO_WEBHOOK_NETWORKS}, not ${JSON.stringify(networks)}`,
      ] as const,
  ),
  [
    { SUBSCRIBER_WEBHOOK_NETWORKS: '300.0.0.1' },
    'SUBSCRIBER_WEBHOOK_NETWORKS',
    `${NO_WEBHOOK_NETWORKS}, not "300.0.0.1"`,
  ],
  [{ RESUME_WINDOW_SECONDS: '0' }, 'RESUME_WINDOW_SECONDS', 'must be from 1 to 86400, not "0"'],
  [
    { RESUME_WINDOW_EVENTS: 'all' },
    'RESUME_WINDOW_EVENTS',
    'must be a whole number from 1 to 1000000, not "all"',
  ],
  [
    { CORS_ORIGINS: '*' },
    'CORS_ORIGINS',
    'must be a comma-separated list of origins (scheme, host and port, nothing after them)',
  ],
  [
    { CORS_ORIGINS: 'https://phone.example.com/' },
    'CORS_ORIGINS',
    'must be a comma-separated list of origins (scheme, host and port, nothing after them)',
  ],
  [{ TRUSTED_PROXIES: '10.0.0.0/33' }, 'TRUSTED_PROXIES', `${NO_NETWORKS}, not "10.0.0.0/33"`],
  [{ TRUSTED_PROXIES: 'loopback,proxy' }, 'TRUSTED_PROXIES', `${NO_NETWORKS}, not "loopback,proxy"`],
  [{ MAX_OPERATIONS_PER_SECOND: '0' }, 'MAX_OPERATIONS_PER_SECOND', 'must be from 1 to 1000000, not "0"'],
  [
    { MAX_SIGN_INS_PER_ACCOUNT: 'many' },
    'MAX_SIGN_INS_PER_ACCOUNT',
    'must be a whole number from 1 to 1000000, not "many"',
  ],
  [
    { APP_NAME: 'a;b' },
    'APP_NAME',
    'must be 1 to 64 letters, digits, dots, dashes or underscores, not "a;b"',
  ],
  [
    { CLOUDLINK_ENVIRONMENT: 'staging' },
    'CLOUDLINK_ENVIRONMENT',
    'must be one of production, sandbox, not "staging"',
  ],
  [{ CLOUDLINK_ADMIN_URL: 'admin.api.mitel.io' }, 'CLOUDLINK_ADMIN_URL', NO_URL],
  [
    { CLOUDLINK_ADMIN_URL: 'https://admin.example.com/2017-09-01' },
    'CLOUDLINK_AUTHENTICATION_URL',
    'is missing, but CLOUDLINK_ADMIN_URL is set without CLOUDLINK_ENVIRONMENT',
  ],
  [
    { CLOUDLINK_ENVIRONMENT: 'production', CLOUDLINK_CLIENT_SECRET: SECRET },
    'CLOUDLINK_CLIENT_ID',
    'is missing, but CLOUDLINK_CLIENT_SECRET is set',
  ],
  [
    { CLOUDLINK_ENVIRONMENT: 'production', CLOUDLINK_CLIENT_ID: 'my-client' },
    'CLOUDLINK_CLIENT_SECRET',
    'is missing, but CLOUDLINK_CLIENT_ID is set',
  ],
  [
    { CLOUDLINK_CLIENT_ID: 'my-client', CLOUDLINK_CLIENT_SECRET: SECRET },
    'CLOUDLINK_ENVIRONMENT',
    'is missing, but CLOUDLINK_CLIENT_ID is set',
  ],
  [
    {
      CLOUDLINK_ENVIRONMENT: 'sandbox',
      CLOUDLINK_CLIENT_ID: 'my-client',
      CLOUDLINK_CLIENT_SECRET: `${SECRET} ä`,
    },
    'CLOUDLINK_CLIENT_SECRET',
    'must be 1 to 512 visible ASCII characters',
  ],
  [
    { CLOUDLINK_ENVIRONMENT: 'sandbox', CLOUDLINK_SIGN_IN: 'code' },
    'CLOUDLINK_CLIENT_ID',
    'is missing, but CLOUDLINK_SIGN_IN=code needs a registered client',
  ],
  [{ CLOUDLINK_SIGN_IN: 'magic' }, 'CLOUDLINK_SIGN_IN', 'must be one of password, code, not "magic"'],
  [
    { ...subscriberApi, SUBSCRIBER_API_URL: `https://user:${SECRET}@portal.example.com/ns-api` },
    'SUBSCRIBER_API_URL',
    NO_URL,
  ],
  [
    { ...subscriberApi, SUBSCRIBER_API_URL: `https://portal.example.com/ns-api?token=${SECRET}` },
    'SUBSCRIBER_API_URL',
    NO_URL,
  ],
  [
    { ...subscriberApi, SUBSCRIBER_API_URL: `https://user:${SECRET}%40portal.example.com/ns-api` },
    'SUBSCRIBER_API_URL',
    NO_URL,
  ],
  [
    { CORS_ORIGINS: `https://user:${SECRET}%40phone.example.com` },
    'CORS_ORIGINS',
    'must be a comma-separated list of origins (scheme, host and port, nothing after them)',
  ],
  [{ PORT: `https://user:${SECRET}%40x` }, 'PORT', 'must be a whole number from 0 to 65535'],
  [
    { ...subscriberApi, SUBSCRIBER_API_URL: 'https://portal.example.com' },
    'SUBSCRIBER_API_URL',
    'must contain the path of the API, not only its host',
  ],
  [
    { SUBSCRIBER_CLIENT_ID: 'my-client', SUBSCRIBER_CLIENT_SECRET: SECRET },
    'SUBSCRIBER_API_URL',
    'is missing, but SUBSCRIBER_CLIENT_ID is set',
  ],
  [
    { SUBSCRIBER_API_URL: 'https://portal.example.com/ns-api' },
    'SUBSCRIBER_CLIENT_ID',
    'is missing, but SUBSCRIBER_API_URL is set',
  ],
  [
    { ...subscriberApi, SUBSCRIBER_CLIENT_SECRET: `${SECRET}\ttab` },
    'SUBSCRIBER_CLIENT_SECRET',
    'must be 1 to 512 visible ASCII characters',
  ],
  [
    { ...subscriberApi, SUBSCRIBER_TIME_ZONE: 'New York' },
    'SUBSCRIBER_TIME_ZONE',
    'must be an IANA time zone, not "New York"',
  ],
  [
    { ACCOUNT_DOMAINS: 'acme=acme.12345.service' },
    'ACCOUNT_DOMAINS',
    'must be pairs of a CloudLink account (9-digit number or GUID) and a domain, account=domain, separated by commas, not "acme=acme.12345.service"',
  ],
  [
    { ACCOUNT_DOMAINS: '100200300=a.service,200300400=A.service' },
    'ACCOUNT_DOMAINS',
    'must name each account and each domain once, not "100200300=a.service,200300400=A.service"',
  ],
  ...['XX', 'USA', '1'].map(
    (text) =>
      [
        { HOME_COUNTRY: text },
        'HOME_COUNTRY',
        `must be a country with telephone numbers, as two letters of ISO 3166, not "${text}"`,
      ] as const,
  ),
  [
    { LINK_BY: 'phone' },
    'LINK_BY',
    'must be email, extension or both in the order to try them, separated by a comma, not "phone"',
  ],
  ...['https://media.example.com', '*', '*.com', 'a/b', 'a b.example.com', 'me@example.com', 'a,', 'a:b'].map(
    (text): [Record<string, string>, string, string] => [
      { MEDIA_HOSTS: text },
      'MEDIA_HOSTS',
      'must be a comma-separated list of hosts, each with its port if it has one of its own, or `*.` and a domain',
    ],
  ),
  [{ MAX_BODY_BYTES: '12' }, 'MAX_BODY_BYTES', 'must be from 1024 to 100000000, not "12"'],
  [
    { OPERATION_TIMEOUT_MS: '1000', TRY_TIMEOUT_MS: '2000' },
    'TRY_TIMEOUT_MS',
    'must not be longer than OPERATION_TIMEOUT_MS, which is 1000',
  ],
  [
    { SHUTDOWN_TIMEOUT_MS: '15s' },
    'SHUTDOWN_TIMEOUT_MS',
    'must be a whole number from 0 to 600000, not "15s"',
  ],
];

type Broken = (typeof broken)[number];

/** Those that are broken by themselves are so together with others: one start complains of them all. */
const isAlone = ([env, name]: Broken) => Object.keys(env).join() !== name;
const together: Broken[][] = [];
for (const variants of Map.groupBy(
  broken.filter((one) => !isAlone(one)),
  ([, name]) => name,
).values())
  for (const [index, one] of variants.entries()) (together[index] ??= []).push(one);
const rounds = [...broken.filter(isAlone).map((one) => [one]), ...together];

describe('a setting that cannot be used', () => {
  it.each(rounds.map((round) => [round.map(([env]) => env), round] as const))(
    'stops the start: %j',
    async (_envs, round) => {
      const { code, output, errors } = await runMain(Object.assign({}, ...round.map(([env]) => env)));
      expect(code).toBe(1);
      expect(output).toBe('');
      const [line = '', ...more] = errors.split('\n');
      expect(more).toEqual(['']);
      const complaints = line.replace(/^configuration: /, '').split(' | ');
      expect(complaints).toHaveLength(round.length);
      for (const [, name, problem] of round) {
        const complaint = `${name}: ${problem}; for example ${name}=`;
        expect(complaints.map((one) => one.slice(0, complaint.length))).toContain(complaint);
      }
      for (const one of complaints) expect(one).toMatch(/^\w+: .+; for example \w+=\S/);
      expect(line).not.toContain(SECRET);
    },
  );

  it('is named together with every other one, still in one line', async () => {
    const { code, errors } = await runMain({
      PORT: 'x',
      LOG_LEVEL: 'x',
      CLOUDLINK_CLIENT_SECRET: `${SECRET} x`,
    });
    expect(code).toBe(1);
    expect(errors).toMatch(/^configuration: PORT: .+ \| LOG_LEVEL: .+ \| CLOUDLINK_CLIENT_SECRET: .+\n$/);
    expect(errors).not.toContain(SECRET);
  });

  it('stops the start where only listening tells: an address of another machine', async () => {
    const { code, output, errors } = await runMain({ HOST: '192.0.2.1', PORT: '0', SANDBOX_PORT: '0' });
    expect(code).toBe(1);
    expect(output).toBe('');
    expect(errors).toBe(
      'configuration: HOST: 192.0.2.1 is not an address of this machine; for example HOST=127.0.0.1\n',
    );
  });
});

const complaintAbout = (env: Env): string => {
  try {
    parseConfig(env);
    return '';
  } catch (error) {
    return error instanceof ConfigError ? error.message : String(error);
  }
};

it.each(broken)('gives an example that works in place of %j', (env) => {
  const [, name = '', example = ''] = /^(\w+): .*; for example \1=(.+)$/.exec(complaintAbout(env)) ?? [];
  expect(name).not.toBe('');
  expect(complaintAbout({ ...env, [name]: example })).not.toMatch(new RegExp(`^${name}:`));
});

describe('the settings', () => {
  const parse = (env: Env = {}) => parseConfig(env);

  it('have defaults that start a sandbox on this machine only', () => {
    expect(parse()).toEqual({
      name: 'cloudlink-subscriber-gateway',
      version: '0.1.0',
      production: false,
      host: '127.0.0.1',
      port: 4000,
      sandboxPort: 4010,
      logLevel: 'info',
      corsOrigins: [],
      trustedProxies: [],
      cloudlink: null,
      subscriberApi: null,
      accountDomains: [],
      linkBy: ['email', 'extension'],
      redisUrl: null,
      workers: 1,
      publicUrl: null,
      feeds: { cloudlink: { kind: 'poll', everyMs: 5_000 }, subscriber: { kind: 'poll', everyMs: 5_000 } },
      feedLingerMs: 55_000,
      webhookNetworks: { cloudlink: null, subscriber: null },
      webhookSecrets: [],
      heartbeatMs: 15_000,
      resumeWindow: { seconds: 600, events: 10_000 },
      homeCountry: 'US',
      mediaHosts: [],
      limits: {
        bodyBytes: 1_000_000,
        uploadBytes: 25_000_000,
        documentTokens: 10_000,
        documentDepth: 30,
        operationTimeoutMs: 10_000,
        tryTimeoutMs: 4_000,
        upstreamAnswerBytes: 10_000_000,
        upstreamConnections: 50,
        upstreamCalls: 250,
        operationsPerSecond: 100,
        signInsPerAccount: 10,
        signInsPerAddress: 100,
        sessions: 100_000,
        feeds: 100,
        rememberedChanges: 100_000,
        stalledClientTimeoutMs: 60_000,
        shutdownTimeoutMs: 15_000,
      },
    });
  });

  it('count as absent where they are empty or blank', () => {
    expect(
      parse({ PORT: '', CLOUDLINK_ENVIRONMENT: '  ', CLOUDLINK_CLIENT_SECRET: '', LINK_BY: ' ' }),
    ).toEqual(parse());
  });

  it('leave alone what is not theirs', () => {
    expect(parse({ HOME: '/root', npm_config_port: 'x', port: 'x' })).toEqual(parse());
  });

  it.each([
    ['production', ''],
    ['sandbox', '.dev'],
  ] as const)('know the addresses of the %s environment', (environment, suffix) => {
    const service = (name: string) => `https://${name}${suffix}.api.mitel.io/2017-09-01`;
    expect(parse({ CLOUDLINK_ENVIRONMENT: environment }).cloudlink).toEqual({
      environment,
      urls: {
        authentication: service('authentication'),
        admin: service('admin'),
        chat: service('chat'),
        media: service('media'),
        notifications: service('notifications'),
        presence: service('presence'),
      },
      client: null,
      signIn: 'password',
    });
  });

  it('may replace single addresses of an environment, which then is one of its own', () => {
    const { cloudlink } = parse({
      CLOUDLINK_ENVIRONMENT: 'production',
      CLOUDLINK_ADMIN_URL: 'http://127.0.0.1:4010/admin/2017-09-01//',
    });
    expect(cloudlink?.environment).toBe('custom');
    expect(cloudlink?.urls.admin).toBe('http://127.0.0.1:4010/admin/2017-09-01');
    expect(cloudlink?.urls.authentication).toBe('https://authentication.api.mitel.io/2017-09-01');
  });

  it('may name all addresses without an environment, with or without that of presence', () => {
    const urls = Object.fromEntries(
      ['AUTHENTICATION', 'ADMIN', 'CHAT', 'MEDIA', 'NOTIFICATIONS'].map((service) => [
        `CLOUDLINK_${service}_URL`,
        `https://${service.toLowerCase()}.example.com/v1`,
      ]),
    );
    expect(parse(urls).cloudlink).toMatchObject({
      environment: 'custom',
      urls: {
        admin: 'https://admin.example.com/v1',
        notifications: 'https://notifications.example.com/v1',
        presence: null,
      },
    });
    const presence = 'https://presence.example.com/v1';
    expect(parse({ ...urls, CLOUDLINK_PRESENCE_URL: presence }).cloudlink?.urls.presence).toBe(presence);
    for (const name of Object.keys(urls)) {
      expect(() => parse({ ...urls, [name]: '' })).toThrow(`${name}: is missing, but CLOUDLINK_`);
    }
  });

  it.each([
    'https://portal.example.com/ns-api?',
    'https://portal.example.com/ns-api#',
    'https://portal.example.com/ns api',
    'https://portal.example.com/ns\tapi',
    'https:portal.example.com/ns-api',
    'https:/portal.example.com/ns-api',
    'https:///portal.example.com/ns-api',
    'https:\\\\portal.example.com\\ns-api',
    'https://portal.example.com\\@evil.example/ns-api',
    'https://@portal.example.com/ns-api',
    'https://portal.example.com%2Fns-api',
    'https://portal.example.com:/ns-api',
    'https://portal.example.com:99999/ns-api',
    'https://127.1/ns-api',
    'https://0x7f000001/ns-api',
    'https://portal。example.com/ns-api',
    '//portal.example.com/ns-api',
    'ftp://portal.example.com/ns-api',
    'javascript://portal.example.com/ns-api',
  ])('do not take %j for an address, and do not repeat it', (text) => {
    expect(complaintAbout({ ...subscriberApi, SUBSCRIBER_API_URL: text })).toBe(
      `SUBSCRIBER_API_URL: ${NO_URL}; for example SUBSCRIBER_API_URL=https://portal.example.com/ns-api`,
    );
  });

  it.each([
    ['HTTPS://Portal.Example.COM/ns-api', 'https://portal.example.com/ns-api'],
    ['https://portal.example.com:443/ns-api/', 'https://portal.example.com/ns-api'],
    ['http://portal.example.com:8080/a/../ns-api//', 'http://portal.example.com:8080/ns-api'],
    ['https://portal.example.com/ns-äpi', 'https://portal.example.com/ns-%C3%A4pi'],
    ['http://[::1]:4010/ns-api', 'http://[::1]:4010/ns-api'],
    ['http://127.0.0.1:4010/ns-api', 'http://127.0.0.1:4010/ns-api'],
  ])('take %j for the address %j', (text, url) => {
    expect(parse({ ...subscriberApi, SUBSCRIBER_API_URL: text }).subscriberApi?.url).toBe(url);
  });

  it.each(['0.0.0.0', '127.0.0.1', '::', '::1', 'localhost', 'LOCALHOST', hostname()])(
    'take %j for where to listen',
    (host) => {
      expect(parse({ HOST: host }).host).toBe(host);
    },
  );

  it.each(['portal.example.com', 'local host', '[::1]', 'fe80::1%lo', '127.0.0.1:4000', '*'])(
    'do not take %j for where to listen',
    (host) => {
      expect(() => parse({ HOST: host })).toThrow(/^HOST: must be an IP address/);
    },
  );

  it('may name either platform without the other', () => {
    expect(parse({ CLOUDLINK_ENVIRONMENT: 'sandbox' }).subscriberApi).toBeNull();
    expect(parse(subscriberApi)).toMatchObject({
      cloudlink: null,
      subscriberApi: {
        url: 'https://portal.example.com/ns-api',
        client: { id: 'my-client', secret: SECRET },
        timeZone: 'UTC',
      },
    });
    expect(parse({ ...subscriberApi, SUBSCRIBER_TIME_ZONE: 'US/Eastern' }).subscriberApi?.timeZone).toBe(
      'US/Eastern',
    );
  });

  it('sign in to CloudLink by a code where a client is registered for that', () => {
    const client = { CLOUDLINK_CLIENT_ID: 'my-client', CLOUDLINK_CLIENT_SECRET: SECRET };
    const { cloudlink } = parse({ CLOUDLINK_ENVIRONMENT: 'sandbox', CLOUDLINK_SIGN_IN: 'code', ...client });
    expect(cloudlink).toMatchObject({ signIn: 'code', client: { id: 'my-client', secret: SECRET } });
  });

  it.each([
    'redis://127.0.0.1',
    'redis://redis:6379/3',
    'rediss://user:p%40ss@redis.example.com:6380/0',
    'redis://:secret@[::1]:6379',
  ])('take %j for where Redis is', (text) => {
    expect(parse({ REDIS_URL: text }).redisUrl).toBe(text);
  });

  it.each([
    'redis://',
    'redis:127.0.0.1',
    'redis://a b',
    'redis://a/x',
    'redis://a?b=c',
    'redis://%zz@a',
    'a:1',
  ])('do not take %j for where Redis is, and do not repeat it', (text) => {
    expect(complaintAbout({ REDIS_URL: text })).toBe(
      `REDIS_URL: ${NO_REDIS}; for example REDIS_URL=redis://127.0.0.1:6379`,
    );
  });

  it.each([
    ['email', ['email']],
    ['extension', ['extension']],
    ['extension,email', ['extension', 'email']],
    [' email , extension ', ['email', 'extension']],
  ])('say by what people are linked: %j', (text, criteria) => {
    expect(parse({ LINK_BY: text }).linkBy).toEqual(criteria);
  });

  it.each(['email,email', 'email,', ',', 'Email'])('do not link people by %j', (text) => {
    expect(() => parse({ LINK_BY: text })).toThrow(ConfigError);
  });

  it.each([
    ['DE', 'DE'],
    [' no ', 'NO'],
  ])('say where numbers are dialled: %j', (text, country) => {
    expect(parse({ HOME_COUNTRY: text }).homeCountry).toBe(country);
  });

  it('say from where sounds may be fetched', () => {
    expect(parse({ MEDIA_HOSTS: '*.S3.example.com, media.example.com:8443,127.0.0.1' }).mediaHosts).toEqual([
      '*.s3.example.com',
      'media.example.com:8443',
      '127.0.0.1',
    ]);
  });

  it('say which domain holds the people of which account, by number or GUID', () => {
    expect(
      parse({ ACCOUNT_DOMAINS: `100200300=acme.12345.service, ${ACCOUNT.toUpperCase()} = b.service` })
        .accountDomains,
    ).toEqual([
      { account: '100200300', domain: 'acme.12345.service' },
      { account: ACCOUNT, domain: 'b.service' },
    ]);
  });

  it.each([
    '100200300',
    '100200300=',
    '=acme.service',
    '10020030=acme.service',
    '100200300=a=b',
    '100200300=a b',
    '100200300=*',
    '100200300=a,',
    '100200300=a,100200300=b',
    '100200300=a,200300400=a',
  ])('do not take %j for accounts and their domains', (text) => {
    expect(() => parse({ ACCOUNT_DOMAINS: text })).toThrow(/^ACCOUNT_DOMAINS: must /);
  });

  it.each(['https://a.example.com', 'http://localhost:5173,https://b.example.com'])(
    'let in pages of %s',
    (text) => {
      expect(parse({ CORS_ORIGINS: text }).corsOrigins).toEqual(text.split(','));
    },
  );

  it('refuse production without a platform, and accept it with either', () => {
    const production = { NODE_ENV: 'production' };
    expect(() => parse(production)).toThrow('needs a platform');
    expect(parse({ ...production, CLOUDLINK_ENVIRONMENT: 'production' }).production).toBe(true);
    expect(parse({ ...production, ...subscriberApi }).production).toBe(true);
  });

  it('give the port of the sandbox away where no sandbox starts', () => {
    expect(parse({ PORT: '4010', CLOUDLINK_ENVIRONMENT: 'production' }).port).toBe(4010);
    expect(() => parse({ PORT: '4010' })).toThrow('SANDBOX_PORT: must differ from PORT');
    expect(parse({ PORT: '0', SANDBOX_PORT: '0' })).toMatchObject({ port: 0, sandboxPort: 0 });
  });
});

describe('deliveries', () => {
  const isChecked = true;
  const mode = (env: Env) => {
    const { feeds, webhookNetworks } = parseConfig({
      CLOUDLINK_ENVIRONMENT: 'production',
      ...subscriberApi,
      PUBLIC_URL: 'https://gateway.example.com',
      ...env,
    });
    return { feeds, networks: webhookNetworks };
  };

  it.each([{}, { NODE_ENV: 'production' }])('are only checked where nothing proves them: %j', (env) => {
    expect(mode(env)).toEqual({
      feeds: { cloudlink: { kind: 'webhook', isChecked }, subscriber: { kind: 'webhook', isChecked } },
      networks: { cloudlink: null, subscriber: null },
    });
  });

  it('are proven by their network, by a signature, or by the address alone where any will do', () => {
    const secret = { WEBHOOK_SECRETS: 'secret-of-the-webhooks' };
    expect(mode({ ...secret, SUBSCRIBER_WEBHOOK_NETWORKS: '203.0.113.0/24, 2001:db8::/32' })).toEqual({
      feeds: {
        cloudlink: { kind: 'webhook', isChecked: false },
        subscriber: { kind: 'webhook', isChecked: false },
      },
      networks: { cloudlink: null, subscriber: ['203.0.113.0/24', '2001:db8::/32'] },
    });
    // Keys are of CloudLink alone.
    expect(mode(secret).feeds.subscriber).toEqual({ kind: 'webhook', isChecked });
    expect(mode({ ...secret, CLOUDLINK_WEBHOOK_NETWORKS: 'loopback' }).networks.cloudlink).toEqual([
      'loopback',
    ]);
    expect(mode({ SUBSCRIBER_WEBHOOK_NETWORKS: 'any' })).toMatchObject({
      feeds: { cloudlink: { isChecked }, subscriber: { isChecked: false } },
      networks: { subscriber: null },
    });
  });

  it('come from this machine where the platform is on it, but for production', () => {
    const here = { SUBSCRIBER_API_URL: 'http://localhost:4010/ns-api', PUBLIC_URL: 'http://127.0.0.1:4000' };
    const { feeds, networks } = mode(here);
    expect(feeds).toMatchObject({ cloudlink: { isChecked }, subscriber: { isChecked: false } });
    expect(networks.subscriber).toEqual(expect.arrayContaining(['loopback', '127.0.0.1']));
    expect(mode({ ...here, NODE_ENV: 'production' }).feeds.subscriber).toMatchObject({ isChecked });
    // Through a tunnel everybody comes from this machine.
    const tunnel = { ...here, PUBLIC_URL: 'https://gateway.example.com' };
    expect(mode(tunnel)).toMatchObject({
      feeds: { subscriber: { isChecked } },
      networks: { subscriber: null },
    });
    const untold = { ...here, PUBLIC_URL: '', SUBSCRIBER_FEEDS: 'webhook', CLOUDLINK_FEEDS: 'poll' };
    expect(mode(untold).feeds.subscriber).toEqual({ kind: 'webhook', isChecked: false });
  });
});

describe('processes that are told what happens, and share no address', () => {
  const settings = (host: string) => ({
    ...subscriberApi,
    SUBSCRIBER_API_URL: `http://${host}:4010/ns-api`,
    SUBSCRIBER_FEEDS: 'webhook',
    REDIS_URL: 'redis://127.0.0.1',
    WORKERS: '2',
  });

  it.each(['127.0.0.1', '127.8.0.1', 'localhost', '[::1]'])(
    'are each reached where they listen by a platform at %s',
    (host) => {
      const webhook = { publicUrl: null, feeds: { subscriber: { kind: 'webhook' } } };
      expect(parseConfig(settings(host))).toMatchObject(webhook);
    },
  );

  it.each(['10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com', '[::2]', 'gateway'])(
    'are refused where the platform is at %s',
    (host) => {
      expect(complaintAbout(settings(host))).toMatch(/^PUBLIC_URL: is missing/);
      const publicUrl = 'https://gateway.example.com';
      expect(parseConfig({ ...settings(host), PUBLIC_URL: publicUrl }).publicUrl).toBe(publicUrl);
    },
  );
});

it.each([
  ['POLL_SECOND', 'POLL_SECONDS'],
  ['HEARTBEAT_SECOND', 'HEARTBEAT_SECONDS'],
  ['HARTBEAT_SECOND', 'HEARTBEAT_SECONDS'],
  ['MAX_REMEMBRED_CHANGE', 'MAX_REMEMBERED_CHANGES'],
  ['CLUODLINK_ENVIRONMENT', 'CLOUDLINK_ENVIRONMENT'],
])('%s is refused: what was meant is %s, unless that is set as well', (name, meant) => {
  const told = complaintAbout({ [name]: 'x' });
  expect(told).toBe(`${name}: is no setting of this gateway; did you mean ${meant}?`);
  expect(complaintAbout({ [name]: 'x', [meant]: ' ' })).toBe(told);
  expect(complaintAbout({ [name]: 'x', [meant]: 'x' })).not.toContain(`${name}:`);
});

it('a variable that only looks a little like a setting is left alone', () => {
  const names =
    'POST COST HOSTS SPORT PORTS WORKER LINK APP_HOME APP_BASE NODE_PATH NODE_OPTIONS REDIS_SSL REDIS_TLS_URL ' +
    'LOGLEVEL REDIS_URI APPNAME DAPP_NAME PUBLIC_URI HOSTNAME SANDBOX_HOST PUBLIC_PATH LOG_FORMAT MAX_BYTES LINES COLUMNS HOMEPATH POLL_SECONDS_SERVICE_HOST';
  expect(parseConfig(Object.fromEntries(names.split(' ').map((name) => [name, 'x'])))).toEqual(
    parseConfig({}),
  );
});

it('a misspelt setting is refused with the one that was meant', () => {
  expect(() => parseConfig({ CLOUDLINK_ENVIORNMENT: 'sandbox' })).toThrow(
    'CLOUDLINK_ENVIORNMENT: is no setting of this gateway; did you mean CLOUDLINK_ENVIRONMENT?',
  );
  expect(() => parseConfig({ SUBSCRIBER_URL: 'https://portal.example.com/ns-api' })).toThrow(
    'SUBSCRIBER_URL: is no setting of this gateway; did you mean SUBSCRIBER_API_URL?',
  );
});

it('what an orchestrator adds about a service is left alone', () => {
  expect(
    parseConfig({
      CLOUDLINK_GATEWAY_SERVICE_HOST: '10.0.0.1',
      CLOUDLINK_GATEWAY_PORT_80_TCP_ADDR: '10.0.0.1',
      CLOUDLINK_NAME: '/gateway/cloudlink',
      CLOUDLINK_ENV_PATH: '/bin',
    }).cloudlink,
  ).toBeNull();
});
