import { readFileSync } from 'node:fs';
import { z } from 'zod';
import {
  cloudlinkPresets,
  cloudlinkServices,
  type CloudlinkService,
  type CloudlinkUrls,
} from './upstream/cloudlink/environment.ts';

/** Everything that can be set, parsed and checked once. Units are in the names. */
export interface Config {
  readonly name: string;
  readonly version: string;
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  readonly sandboxPort: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly corsOrigins: readonly string[];
  readonly cloudlink: CloudlinkConfig | null;
  readonly subscriberApi: SubscriberApiConfig | null;
  /** Which legacy domain holds the people of which CloudLink account (its number or its GUID). */
  readonly accountDomains: readonly AccountDomain[];
  /** What makes a CloudLink user and a subscriber the same person, tried in this order. */
  readonly linkBy: readonly LinkCriterion[];
  readonly limits: Limits;
}

export interface CloudlinkConfig {
  readonly environment: 'production' | 'sandbox' | 'custom';
  readonly urls: CloudlinkUrls;
  readonly client: ClientCredentials | null;
  readonly signIn: 'password' | 'code';
}

export interface SubscriberApiConfig {
  readonly url: string;
  readonly client: ClientCredentials;
  /** The zone of times that carry none (facts A-14). */
  readonly timeZone: string;
}

export interface ClientCredentials {
  readonly id: string;
  readonly secret: string;
}

export interface AccountDomain {
  readonly account: string;
  readonly domain: string;
}

export type LinkCriterion = 'email' | 'extension';

export interface Limits {
  readonly bodyBytes: number;
  readonly documentTokens: number;
  readonly operationTimeoutMs: number;
  readonly tryTimeoutMs: number;
  readonly upstreamAnswerBytes: number;
  readonly upstreamConnections: number;
  readonly sessions: number;
  readonly shutdownTimeoutMs: number;
}

/** Settings that cannot be used. The message is one line, names each variable and holds no secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

interface Setting<Value> {
  readonly schema: z.ZodType<Value, string | undefined>;
  readonly example: string;
  readonly secret?: boolean;
}

const setting = <Value>(
  schema: z.ZodType<Value, string | undefined>,
  example: string,
  secret = false,
): Setting<Value> => ({
  schema,
  example,
  secret,
});

const wholeNumber = (minimum: number, maximum: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, `must be a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`)
    .default(fallback);

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `must be one of ${values.join(', ')}`);

const isHttpUrl = (text: string) => {
  const url = URL.parse(text);
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    !url.username &&
    !url.password &&
    !url.search &&
    !url.hash
  );
};

const httpUrl = () =>
  z
    .string()
    .refine(isHttpUrl, 'must be an http or https URL without credentials, query or fragment')
    .transform((text) => text.replace(/\/+$/, ''))
    .optional();

const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine(
    (list) => list.every((origin) => isHttpUrl(origin) && URL.parse(origin)?.origin === origin),
    'must be a comma-separated list of origins (scheme, host and port, nothing after them)',
  )
  .default([]);

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

const settings = {
  NODE_ENV: setting(oneOf(['development', 'production', 'test']).default('development'), 'production'),
  HOST: setting(
    z
      .string()
      .regex(/^[\w.:-]{1,255}$/, 'must be a host name or an IP address')
      .default('127.0.0.1'),
    '0.0.0.0',
  ),
  PORT: setting(wholeNumber(0, 65_535, 4000), '4000'),
  SANDBOX_PORT: setting(wholeNumber(0, 65_535, 4010), '4010'),
  LOG_LEVEL: setting(oneOf(['debug', 'info', 'warn', 'error', 'silent']).default('info'), 'info'),
  CORS_ORIGINS: setting(origins, 'https://phone.example.com'),
  APP_NAME: setting(
    z
      .string()
      .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
      .default('cloudlink-subscriber-gateway'),
    'acme-erp',
  ),
  CLOUDLINK_ENVIRONMENT: setting(oneOf(['production', 'sandbox']).optional(), 'production'),
  CLOUDLINK_AUTHENTICATION_URL: setting(httpUrl(), 'https://authentication.api.mitel.io/2017-09-01'),
  CLOUDLINK_ADMIN_URL: setting(httpUrl(), 'https://admin.api.mitel.io/2017-09-01'),
  CLOUDLINK_CHAT_URL: setting(httpUrl(), 'https://chat.api.mitel.io/2017-09-01'),
  CLOUDLINK_MEDIA_URL: setting(httpUrl(), 'https://media.api.mitel.io/2017-09-01'),
  CLOUDLINK_NOTIFICATIONS_URL: setting(httpUrl(), 'https://notifications.api.mitel.io/2017-09-01'),
  CLOUDLINK_PRESENCE_URL: setting(httpUrl(), 'https://presence.api.mitel.io/2017-09-01'),
  CLOUDLINK_CLIENT_ID: setting(credential, 'my-client'),
  CLOUDLINK_CLIENT_SECRET: setting(credential, 'my-secret', true),
  CLOUDLINK_SIGN_IN: setting(oneOf(['password', 'code']).default('password'), 'code'),
  SUBSCRIBER_API_URL: setting(httpUrl(), 'https://portal.example.com/ns-api'),
  SUBSCRIBER_CLIENT_ID: setting(credential, 'my-client'),
  SUBSCRIBER_CLIENT_SECRET: setting(credential, 'my-secret', true),
  SUBSCRIBER_TIME_ZONE: setting(
    z.string().refine(isTimeZone, 'must be an IANA time zone').default('UTC'),
    'America/New_York',
  ),
  ACCOUNT_DOMAINS: setting(accountDomains, '100200300=acme.12345.service'),
  LINK_BY: setting(linkBy, 'email,extension'),
  OPERATION_TIMEOUT_MS: setting(wholeNumber(100, 600_000, 10_000), '10000'),
  TRY_TIMEOUT_MS: setting(wholeNumber(50, 600_000, 4_000), '4000'),
  MAX_BODY_BYTES: setting(wholeNumber(1_024, 100_000_000, 1_000_000), '1000000'),
  MAX_DOCUMENT_TOKENS: setting(wholeNumber(50, 100_000, 10_000), '10000'),
  MAX_UPSTREAM_ANSWER_BYTES: setting(wholeNumber(1_024, 1_000_000_000, 10_000_000), '10000000'),
  MAX_UPSTREAM_CONNECTIONS: setting(wholeNumber(1, 10_000, 50), '50'),
  MAX_SESSIONS: setting(wholeNumber(1, 10_000_000, 100_000), '100000'),
  SHUTDOWN_TIMEOUT_MS: setting(wholeNumber(0, 600_000, 15_000), '15000'),
} as const;

type Name = keyof typeof settings;
type Values = { [Key in Name]: (typeof settings)[Key] extends Setting<infer Value> ? Value : never };

/** A value that was refused is shown, except a URL that may have been refused for the credentials in it. */
const toShown = (value: string | undefined, secret: boolean | undefined) =>
  value === undefined || secret || /[@?#]/.test(value) ? '' : `, not ${JSON.stringify(value.slice(0, 80))}`;

const explain = (name: Name, message: string, value?: string, example = settings[name].example) =>
  `${name}: ${message}${toShown(value, settings[name].secret)}; for example ${name}=${example}`;

const readValues = (env: Readonly<Record<string, string | undefined>>): Values => {
  const problems: string[] = [];
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

const refuse = (name: Name, message: string, example?: string): never => {
  throw new ConfigError(explain(name, message, undefined, example));
};

const readClient = (
  id: string | undefined,
  secret: string | undefined,
  idName: Name,
  secretName: Name,
): ClientCredentials | null => {
  if (id === undefined && secret === undefined) return null;
  if (id === undefined) return refuse(idName, `is missing, but ${secretName} is set`);
  if (secret === undefined) return refuse(secretName, `is missing, but ${idName} is set`);
  return { id, secret };
};

const urlName = (service: CloudlinkService) =>
  `CLOUDLINK_${service.toUpperCase() as Uppercase<CloudlinkService>}_URL` as const;

const readCloudlink = (values: Values): CloudlinkConfig | null => {
  const environment = values.CLOUDLINK_ENVIRONMENT;
  const given = cloudlinkServices.filter((service) => values[urlName(service)] !== undefined);
  const client = readClient(
    values.CLOUDLINK_CLIENT_ID,
    values.CLOUDLINK_CLIENT_SECRET,
    'CLOUDLINK_CLIENT_ID',
    'CLOUDLINK_CLIENT_SECRET',
  );
  if (values.CLOUDLINK_SIGN_IN === 'code' && client === null) {
    refuse('CLOUDLINK_CLIENT_ID', 'is missing, but CLOUDLINK_SIGN_IN=code needs a registered client');
  }
  if (environment === undefined && given.length === 0) {
    return client === null
      ? null
      : refuse('CLOUDLINK_ENVIRONMENT', 'is missing, but CLOUDLINK_CLIENT_ID is set');
  }
  const url = (service: CloudlinkService) =>
    values[urlName(service)] ??
    (environment === undefined
      ? refuse(
          urlName(service),
          `is missing, but ${urlName(given[0] ?? service)} is set without CLOUDLINK_ENVIRONMENT`,
        )
      : cloudlinkPresets[environment][service]);
  return {
    environment: environment === undefined || given.length > 0 ? 'custom' : environment,
    urls: {
      authentication: url('authentication'),
      admin: url('admin'),
      chat: url('chat'),
      media: url('media'),
      notifications: url('notifications'),
      presence: environment === undefined ? (values.CLOUDLINK_PRESENCE_URL ?? null) : url('presence'),
    },
    client,
    signIn: values.CLOUDLINK_SIGN_IN,
  };
};

const readSubscriberApi = (values: Values): SubscriberApiConfig | null => {
  const client = readClient(
    values.SUBSCRIBER_CLIENT_ID,
    values.SUBSCRIBER_CLIENT_SECRET,
    'SUBSCRIBER_CLIENT_ID',
    'SUBSCRIBER_CLIENT_SECRET',
  );
  const url = values.SUBSCRIBER_API_URL;
  if (url === undefined) {
    return client === null
      ? null
      : refuse('SUBSCRIBER_API_URL', 'is missing, but SUBSCRIBER_CLIENT_ID is set');
  }
  if (new URL(url).pathname === '/') {
    refuse('SUBSCRIBER_API_URL', 'must contain the path of the API, not only its host');
  }
  if (client === null) {
    return refuse('SUBSCRIBER_CLIENT_ID', 'is missing, but SUBSCRIBER_API_URL is set');
  }
  return { url, client, timeZone: values.SUBSCRIBER_TIME_ZONE };
};

const readVersion = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
};

/**
 * Reads the settings from `env`. Throws a {@link ConfigError} that names every variable that cannot be used,
 * what is wrong with it and an example.
 */
export const parseConfig = (env: Readonly<Record<string, string | undefined>>): Config => {
  const values = readValues(env);
  const cloudlink = readCloudlink(values);
  const subscriberApi = readSubscriberApi(values);
  const production = values.NODE_ENV === 'production';
  // With a platform there is no sandbox, and its port is nobody's.
  const isSandboxed = cloudlink === null && subscriberApi === null;
  if (production && isSandboxed) {
    refuse(
      'CLOUDLINK_ENVIRONMENT',
      'or SUBSCRIBER_API_URL must be set when NODE_ENV=production: no platform is configured',
    );
  }
  if (isSandboxed && values.PORT !== 0 && values.PORT === values.SANDBOX_PORT) {
    refuse('SANDBOX_PORT', `must differ from PORT, both are ${values.PORT}`, '0');
  }
  if (values.TRY_TIMEOUT_MS > values.OPERATION_TIMEOUT_MS) {
    refuse(
      'TRY_TIMEOUT_MS',
      `must not be longer than OPERATION_TIMEOUT_MS, which is ${values.OPERATION_TIMEOUT_MS}`,
      String(values.OPERATION_TIMEOUT_MS),
    );
  }
  return {
    name: values.APP_NAME,
    version: readVersion(),
    production,
    host: values.HOST,
    port: values.PORT,
    sandboxPort: values.SANDBOX_PORT,
    logLevel: values.LOG_LEVEL,
    corsOrigins: values.CORS_ORIGINS,
    cloudlink,
    subscriberApi,
    accountDomains: values.ACCOUNT_DOMAINS,
    linkBy: values.LINK_BY,
    limits: {
      bodyBytes: values.MAX_BODY_BYTES,
      documentTokens: values.MAX_DOCUMENT_TOKENS,
      operationTimeoutMs: values.OPERATION_TIMEOUT_MS,
      tryTimeoutMs: values.TRY_TIMEOUT_MS,
      upstreamAnswerBytes: values.MAX_UPSTREAM_ANSWER_BYTES,
      upstreamConnections: values.MAX_UPSTREAM_CONNECTIONS,
      sessions: values.MAX_SESSIONS,
      shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
    },
  };
};

/** The settings of this process. */
export const readConfig = (overrides: Readonly<Record<string, string>> = {}): Config =>
  parseConfig({ ...process.env, ...overrides });
