import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { z } from 'zod';
import { isCountry } from './phone-number.ts';

export interface AccountDomain {
  readonly account: string;
  readonly domain: string;
}

export type LinkCriterion = 'email' | 'extension';

/** Settings that cannot be used. The message is one line, names each variable and holds no secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

interface Setting<Value> {
  readonly schema: z.ZodType<Value, string | undefined>;
  readonly example: string;
  /** Whether a value that was refused may be repeated. */
  readonly isShown: boolean;
}

const setting = <Value>(schema: z.ZodType<Value, string | undefined>, example: string): Setting<Value> => ({
  schema,
  example,
  isShown: true,
});

const hiddenSetting = <Value>(
  schema: z.ZodType<Value, string | undefined>,
  example: string,
): Setting<Value> => ({ schema, example, isShown: false });

const wholeNumber = (minimum: number, maximum: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, `must be a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`)
    .default(fallback);

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `must be one of ${values.join(', ')}`);

/**
 * The URL of a text that says plainly which scheme, host and path it means; null for any other. Parsers of URLs forgive
 * much: they take a backslash for a slash, drop a bare `#` from sight but not from what is appended to it, and read
 * `127.1` as an address.
 */
const parseHttpUrl = (text: string): URL | null => {
  const [, scheme = '', host = ''] =
    /^(https?:)\/\/([^/\\?#@\s]+?)(?::\d+)?(?:\/[^\\?#\s]*)?$/i.exec(text) ?? [];
  const url = URL.parse(text);
  return url?.protocol === scheme.toLowerCase() && url.hostname === host.toLowerCase() ? url : null;
};

const httpUrl = z
  .string()
  .transform(parseHttpUrl)
  .refine(
    (url) => url !== null,
    'must be an http or https URL of scheme, host and path, without credentials, query, fragment or blanks',
  )
  .transform(({ origin, pathname }) => `${origin}${pathname}`.replace(/\/+$/, ''))
  .optional();

/** Where a Redis is, as its own tools write it. */
const isRedisUrl = (text: string): boolean => {
  const url = /^rediss?:\/\/[^\s/?#]+(\/\d{0,4})?$/.test(text) ? URL.parse(text) : null;
  if (url === null || url.hostname === '') return false;
  try {
    return decodeURIComponent(`${url.username}:${url.password}`) !== '';
  } catch {
    return false;
  }
};

const redisUrl = z
  .string()
  .refine(
    isRedisUrl,
    'must be a redis or rediss URL of host, port and perhaps credentials and the number of a database',
  )
  .optional();

/** The keys that deliveries may be signed with, the one that comes and the one that goes. */
const secrets = z
  .string()
  .transform((text) => text.split(',').map((secret) => secret.trim()))
  .refine(
    (list) => list.length <= 2 && list.every((secret) => /^[\x21-\x2b\x2d-\x7e]{16,512}$/.test(secret)),
    'must be one or two secrets of at least 16 visible characters, separated by a comma',
  )
  .default([]);

const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine(
    (list) => list.every((origin) => parseHttpUrl(origin)?.origin === origin),
    'must be a comma-separated list of origins (scheme, host and port, nothing after them)',
  )
  .default([]);

/** A host with its port, where that is another than the usual one; below `*.` any host of a domain. */
const isHost = (text: string): boolean => {
  const [, star, host = ''] = /^(\*\.)?([^*]+)$/.exec(text) ?? [];
  return parseHttpUrl(`https://${host}`)?.host === host && (star === undefined || /^[^:]+\.[a-z]/.test(host));
};

const hosts = z
  .string()
  .transform((text) => text.split(',').map((host) => host.trim().toLowerCase()))
  .refine(
    (list) => list.every(isHost),
    'must be a comma-separated list of hosts, each with its port if it has one of its own, or `*.` and a domain',
  )
  .default([]);

/** Any other name would be looked up, which takes seconds, only to find that it is not this machine's. */
const isLocalHost = (host: string) =>
  (isIP(host) !== 0 && !host.includes('%')) ||
  ['localhost', hostname().toLowerCase()].includes(host.toLowerCase());

const credential = z
  .string()
  .regex(/^[\x21-\x7e]{1,512}$/, 'must be 1 to 512 visible ASCII characters')
  .optional();

const isTimeZone = (zone: string) => {
  try {
    return Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const accountPattern = /^(\d{9}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

const accountDomains = z
  .string()
  .transform((text) =>
    text.split(',').map((pair) => {
      const [account = '', domain = '', ...rest] = pair.split('=').map((part) => part.trim());
      return { account: account.toLowerCase(), domain: rest.length === 0 ? domain : '' };
    }),
  )
  .refine(
    (pairs) =>
      pairs.every(({ account, domain }) => accountPattern.test(account) && /^[\w.-]{1,255}$/.test(domain)),
    'must be pairs of a CloudLink account (9-digit number or GUID) and a domain, account=domain, separated by commas',
  )
  .refine(
    (pairs) =>
      new Set(pairs.map(({ account }) => account)).size === pairs.length &&
      new Set(pairs.map(({ domain }) => domain.toLowerCase())).size === pairs.length,
    'must name each account and each domain once',
  )
  .default([]);

const linkBy = z
  .string()
  .transform((text) => text.split(',').map((criterion) => criterion.trim()))
  .refine(
    (list): list is LinkCriterion[] =>
      list.every((criterion) => criterion === 'email' || criterion === 'extension') &&
      new Set(list).size === list.length,
    'must be email, extension or both in the order to try them, separated by a comma',
  )
  .default(['email', 'extension']);

const homeCountry = z
  .string()
  .transform((text) => text.toUpperCase())
  .refine(isCountry, 'must be a country with telephone numbers, as two letters of ISO 3166')
  .default('US');

/** Everything that can be set: how its text is read, and an example that works. */
const settings = {
  NODE_ENV: setting(oneOf(['development', 'production', 'test']).default('development'), 'production'),
  HOST: setting(
    z
      .string()
      .refine(isLocalHost, 'must be an IP address, localhost or the name of this machine')
      .default('127.0.0.1'),
    '0.0.0.0',
  ),
  PORT: setting(wholeNumber(0, 65_535, 4000), '4000'),
  SANDBOX_PORT: setting(wholeNumber(0, 65_535, 4010), '4010'),
  LOG_LEVEL: setting(oneOf(['debug', 'info', 'warn', 'error', 'silent']).default('info'), 'info'),
  CORS_ORIGINS: hiddenSetting(origins, 'https://phone.example.com'),
  APP_NAME: setting(
    z
      .string()
      .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
      .default('cloudlink-subscriber-gateway'),
    'acme-erp',
  ),
  CLOUDLINK_ENVIRONMENT: setting(oneOf(['production', 'sandbox']).optional(), 'production'),
  CLOUDLINK_AUTHENTICATION_URL: hiddenSetting(httpUrl, 'https://authentication.api.mitel.io/2017-09-01'),
  CLOUDLINK_ADMIN_URL: hiddenSetting(httpUrl, 'https://admin.api.mitel.io/2017-09-01'),
  CLOUDLINK_CHAT_URL: hiddenSetting(httpUrl, 'https://chat.api.mitel.io/2017-09-01'),
  CLOUDLINK_MEDIA_URL: hiddenSetting(httpUrl, 'https://media.api.mitel.io/2017-09-01'),
  CLOUDLINK_NOTIFICATIONS_URL: hiddenSetting(httpUrl, 'https://notifications.api.mitel.io/2017-09-01'),
  CLOUDLINK_PRESENCE_URL: hiddenSetting(httpUrl, 'https://presence.api.mitel.io/2017-09-01'),
  CLOUDLINK_CLIENT_ID: setting(credential, 'my-client'),
  CLOUDLINK_CLIENT_SECRET: hiddenSetting(credential, 'my-secret'),
  CLOUDLINK_SIGN_IN: setting(oneOf(['password', 'code']).default('password'), 'code'),
  SUBSCRIBER_API_URL: hiddenSetting(httpUrl, 'https://portal.example.com/ns-api'),
  SUBSCRIBER_CLIENT_ID: setting(credential, 'my-client'),
  SUBSCRIBER_CLIENT_SECRET: hiddenSetting(credential, 'my-secret'),
  SUBSCRIBER_TIME_ZONE: setting(
    z.string().refine(isTimeZone, 'must be an IANA time zone').default('UTC'),
    'America/New_York',
  ),
  ACCOUNT_DOMAINS: setting(accountDomains, '100200300=acme.12345.service'),
  LINK_BY: setting(linkBy, 'email,extension'),
  HOME_COUNTRY: setting(homeCountry, 'US'),
  MEDIA_HOSTS: hiddenSetting(hosts, '*.s3.example.com,media.example.com:8443'),
  OPERATION_TIMEOUT_MS: setting(wholeNumber(100, 600_000, 10_000), '10000'),
  TRY_TIMEOUT_MS: setting(wholeNumber(50, 600_000, 4_000), '4000'),
  MAX_BODY_BYTES: setting(wholeNumber(1_024, 100_000_000, 1_000_000), '1000000'),
  MAX_UPLOAD_BYTES: setting(wholeNumber(1, 10_000_000_000, 25_000_000), '25000000'),
  // Fragments spread one inside the other open no bracket: this many tokens hold 2,500, which validation can follow.
  MAX_DOCUMENT_TOKENS: setting(wholeNumber(50, 20_000, 10_000), '10000'),
  MAX_DOCUMENT_DEPTH: setting(wholeNumber(10, 200, 30), '30'),
  MAX_UPSTREAM_ANSWER_BYTES: setting(wholeNumber(1_024, 1_000_000_000, 10_000_000), '10000000'),
  MAX_UPSTREAM_CONNECTIONS: setting(wholeNumber(1, 10_000, 50), '50'),
  // The dearest example operation costs 200, for 100 endpoints that cannot be asked for together.
  MAX_UPSTREAM_CALLS: setting(wholeNumber(1, 100_000, 250), '250'),
  MAX_SESSIONS: setting(wholeNumber(1, 10_000_000, 100_000), '100000'),
  PUBLIC_URL: hiddenSetting(httpUrl, 'https://gateway.example.com'),
  CLOUDLINK_FEEDS: setting(oneOf(['webhook', 'poll']).optional(), 'webhook'),
  SUBSCRIBER_FEEDS: setting(oneOf(['webhook', 'poll']).optional(), 'poll'),
  POLL_SECONDS: setting(wholeNumber(1, 3_600, 5), '5'),
  // Upstream subscriptions that nobody uses are gone after a minute.
  FEED_LINGER_SECONDS: setting(wholeNumber(1, 3_600, 55), '55'),
  WEBHOOK_SECRETS: hiddenSetting(secrets, 'whsec_c2FtcGxlIHNlY3JldCBmb3IgZG9jcw=='),
  HEARTBEAT_SECONDS: setting(wholeNumber(1, 3_600, 15), '15'),
  REDIS_URL: hiddenSetting(redisUrl, 'redis://127.0.0.1:6379'),
  WORKERS: setting(wholeNumber(1, 128, 1), '2'),
  RESUME_WINDOW_SECONDS: setting(wholeNumber(1, 86_400, 600), '600'),
  RESUME_WINDOW_EVENTS: setting(wholeNumber(1, 1_000_000, 10_000), '10000'),
  MAX_REMEMBERED_CHANGES: setting(wholeNumber(1, 10_000_000, 100_000), '100000'),
  STALLED_CLIENT_TIMEOUT_MS: setting(wholeNumber(100, 3_600_000, 60_000), '60000'),
  SHUTDOWN_TIMEOUT_MS: setting(wholeNumber(0, 600_000, 15_000), '15000'),
} as const;

export type Name = keyof typeof settings;
export type Values = { [Key in Name]: (typeof settings)[Key] extends Setting<infer Value> ? Value : never };

/** A value that was refused is repeated, except one that may hold a credential: also a URL in the wrong place. */
const repeat = (value: string | undefined, isShown: boolean) =>
  value === undefined || !isShown || /[@?#%]|:\/\//.test(value)
    ? ''
    : `, not ${JSON.stringify(value.slice(0, 80))}`;

const explain = (name: Name, message: string, value?: string, example = settings[name].example) =>
  `${name}: ${message}${repeat(value, settings[name].isShown)}; for example ${name}=${example}`;

/** What an orchestrator adds for a service of that name is no setting, and no mistake. */
const orchestrated = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_\w+)?)$/;

/** How many letters two names share at their beginning and at their end. */
const sharedEnds = (one: string, other: string): number => {
  const shared = (first: string, second: string) => {
    let length = 0;
    while (length < first.length && first.at(length) === second.at(length)) length += 1;
    return length;
  };
  const reverse = (text: string) => text.split('').toReversed().join('');
  return shared(one, other) + shared(reverse(one), reverse(other));
};

/** A misspelt setting would silently be the default: whatever has one of our prefixes must be one of ours. */
const findMisspelt = (env: Readonly<Record<string, string | undefined>>): readonly string[] =>
  Object.keys(env)
    .filter(
      (name) =>
        /^(CLOUDLINK|SUBSCRIBER)_/.test(name) && !orchestrated.test(name) && !Object.hasOwn(settings, name),
    )
    .map((name) => {
      const [nearest = ''] = Object.keys(settings).toSorted(
        (one, other) => sharedEnds(other, name) - sharedEnds(one, name),
      );
      return `${name}: is no setting of this gateway; did you mean ${nearest}?`;
    });

/** The value of every setting. Throws a {@link ConfigError} that names every variable that cannot be read. */
export const readValues = (env: Readonly<Record<string, string | undefined>>): Values => {
  const problems = [...findMisspelt(env)];
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(settings) as Name[]) {
    // An empty variable counts as absent: compose files and shells cannot unset one.
    const value = env[name]?.trim() || undefined;
    const result = settings[name].schema.safeParse(value);
    if (result.success) values[name] = result.data;
    else problems.push(explain(name, result.error.issues[0]?.message ?? 'cannot be read', value));
  }
  if (problems.length > 0) throw new ConfigError(problems.join(' | '));
  return values as Values;
};

/** Throws a {@link ConfigError} about one setting, for what only several settings together show. */
export const refuse = (name: Name, message: string, example?: string): never => {
  throw new ConfigError(explain(name, message, undefined, example));
};
