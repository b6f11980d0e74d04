import type { z } from 'zod';
import {
  accountDomains,
  appName,
  credential,
  homeCountry,
  hosts,
  httpUrl,
  linkBy,
  localHost,
  networks,
  oneOf,
  origins,
  redisUrl,
  secrets,
  timeZone,
  webhookNetworks,
  wholeNumber,
} from './setting-formats.ts';
import { findMisspelt } from './setting-names.ts';

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

/** Everything that can be set: how its text is read, and an example that works. */
const settings = {
  NODE_ENV: setting(oneOf(['development', 'production', 'test']).default('development'), 'production'),
  HOST: setting(localHost, '0.0.0.0'),
  PORT: setting(wholeNumber(0, 65_535, 4000), '4000'),
  SANDBOX_PORT: setting(wholeNumber(0, 65_535, 4010), '4010'),
  LOG_LEVEL: setting(oneOf(['debug', 'info', 'warn', 'error', 'silent']).default('info'), 'info'),
  CORS_ORIGINS: hiddenSetting(origins, 'https://phone.example.com'),
  TRUSTED_PROXIES: setting(networks.default([]), '10.0.0.0/8'),
  APP_NAME: setting(appName, 'acme-erp'),
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
  SUBSCRIBER_TIME_ZONE: setting(timeZone, 'America/New_York'),
  ACCOUNT_DOMAINS: setting(accountDomains, '100200300=acme.12345.service'),
  LINK_BY: setting(linkBy, 'email,extension'),
  HOME_COUNTRY: setting(homeCountry, 'US'),
  MEDIA_HOSTS: hiddenSetting(hosts, '*.s3.example.com,media.example.com:8443'),
  OPERATION_TIMEOUT_MS: setting(wholeNumber(100, 600_000, 10_000), '10000'),
  TRY_TIMEOUT_MS: setting(wholeNumber(50, 600_000, 4_000), '4000'),
  MAX_BODY_BYTES: setting(wholeNumber(1_024, 100_000_000, 1_000_000), '1000000'),
  MAX_UPLOAD_BYTES: setting(wholeNumber(1, 2_000_000_000, 25_000_000), '25000000'),
  // Fragments spread one inside the other open no bracket: this many tokens hold 2,500, which validation can follow.
  MAX_DOCUMENT_TOKENS: setting(wholeNumber(50, 20_000, 10_000), '10000'),
  MAX_DOCUMENT_DEPTH: setting(wholeNumber(10, 200, 30), '30'),
  MAX_UPSTREAM_ANSWER_BYTES: setting(wholeNumber(1_024, 1_000_000_000, 10_000_000), '10000000'),
  MAX_UPSTREAM_CONNECTIONS: setting(wholeNumber(1, 10_000, 50), '50'),
  // The dearest example operation costs 200, for 100 endpoints that cannot be asked for together.
  MAX_UPSTREAM_CALLS: setting(wholeNumber(1, 100_000, 250), '250'),
  MAX_OPERATIONS_PER_SECOND: setting(wholeNumber(1, 1_000_000, 100), '100'),
  MAX_SIGN_INS_PER_ACCOUNT: setting(wholeNumber(1, 1_000_000, 10), '10'),
  MAX_SIGN_INS_PER_ADDRESS: setting(wholeNumber(1, 1_000_000, 100), '100'),
  MAX_SESSIONS: setting(wholeNumber(1, 10_000_000, 100_000), '100000'),
  PUBLIC_URL: hiddenSetting(httpUrl, 'https://gateway.example.com'),
  CLOUDLINK_FEEDS: setting(oneOf(['webhook', 'poll']).optional(), 'webhook'),
  SUBSCRIBER_FEEDS: setting(oneOf(['webhook', 'poll']).optional(), 'poll'),
  POLL_SECONDS: setting(wholeNumber(1, 3_600, 5), '5'),
  // Upstream subscriptions that nobody uses are gone after a minute.
  FEED_LINGER_SECONDS: setting(wholeNumber(1, 3_600, 55), '55'),
  // Of each person on each platform. Following a person takes up to four, the calls of 20 telephones as many as they are.
  MAX_FEEDS: setting(wholeNumber(1, 100_000, 100), '100'),
  CLOUDLINK_WEBHOOK_NETWORKS: setting(webhookNetworks, '203.0.113.0/24'),
  SUBSCRIBER_WEBHOOK_NETWORKS: setting(webhookNetworks, '203.0.113.0/24'),
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

/** The value of every setting. Throws a {@link ConfigError} that names every variable that cannot be read. */
export const readValues = (env: Readonly<Record<string, string | undefined>>): Values => {
  const problems = [...findMisspelt(env, Object.keys(settings))];
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
