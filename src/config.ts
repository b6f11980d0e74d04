import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { readFeedSettings, type FeedSettings } from './feed-settings.ts';
import type { Country } from './phone-number.ts';
import {
  cloudlinkPresets,
  cloudlinkServices,
  type CloudlinkService,
  type CloudlinkUrls,
} from './upstream/cloudlink/environment.ts';
import type { AccountDomain, LinkCriterion } from './setting-formats.ts';
import { readValues, refuse, type Name, type Values } from './settings.ts';

export type { AccountDomain, LinkCriterion } from './setting-formats.ts';
export { ConfigError } from './settings.ts';

/** Everything that can be set, parsed and checked once. Units are in the names. */
export interface Config extends FeedSettings {
  readonly name: string;
  readonly version: string;
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  readonly sandboxPort: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly corsOrigins: readonly string[];
  /** The networks of our own proxies, which tell the address of a client. */
  readonly trustedProxies: readonly string[];
  readonly cloudlink: CloudlinkConfig | null;
  readonly subscriberApi: SubscriberApiConfig | null;
  /** Which legacy domain holds the people of which CloudLink account (its number or its GUID). */
  readonly accountDomains: readonly AccountDomain[];
  /** What makes a CloudLink user and a subscriber the same person, tried in this order. */
  readonly linkBy: readonly LinkCriterion[];
  /** Where the instances keep what they share; null for one that works alone. */
  readonly redisUrl: string | null;
  /** How many processes share the port. */
  readonly workers: number;
  /** Where the platforms reach this gateway; null for the address at which it listens. */
  readonly publicUrl: string | null;
  /** How long a feed stays that nobody follows any more, so that a client that comes back finds it. */
  readonly feedLingerMs: number;
  /** What CloudLink's deliveries must be signed with; none where nothing is signed. */
  readonly webhookSecrets: readonly string[];
  /** How often a client that stays is looked for: one that shows no life until the next time but one is cut off. */
  readonly heartbeatMs: number;
  /** How much of its events a feed keeps for those who come back, whichever is less. */
  readonly resumeWindow: { readonly seconds: number; readonly events: number };
  /** Where numbers are dialled that do not tell: neither platform says it of its calls. */
  readonly homeCountry: Country;
  /** Hosts beside the platforms' own from which a sound or a file may be fetched; `*.` stands for any host of a domain. */
  readonly mediaHosts: readonly string[];
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

export interface Limits {
  readonly bodyBytes: number;
  readonly uploadBytes: number;
  readonly documentTokens: number;
  readonly documentDepth: number;
  readonly operationTimeoutMs: number;
  readonly tryTimeoutMs: number;
  readonly upstreamAnswerBytes: number;
  readonly upstreamConnections: number;
  readonly upstreamCalls: number;
  /** Of one principal, and of one address where nobody says who asks; counted over some seconds. */
  readonly operationsPerSecond: number;
  /** In a minute, whether they succeed or not. */
  readonly signInsPerAccount: number;
  readonly signInsPerAddress: number;
  readonly sessions: number;
  /** How many upstream subscriptions one person may have opened on one platform, in one process. */
  readonly feeds: number;
  readonly rememberedChanges: number;
  /** How long the client of a download or an upload may stand still. */
  readonly stalledClientTimeoutMs: number;
  readonly shutdownTimeoutMs: number;
}

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
      'is missing, and so is SUBSCRIBER_API_URL: NODE_ENV=production needs a platform',
    );
  }
  if (isSandboxed && values.PORT !== 0 && values.PORT === values.SANDBOX_PORT) {
    refuse('SANDBOX_PORT', `must differ from PORT, both are ${values.PORT}`, '0');
  }
  if (values.WORKERS > 1) {
    if (values.REDIS_URL === undefined) {
      refuse('REDIS_URL', `is missing, but WORKERS=${values.WORKERS} processes must share what they know`);
    }
    if (isSandboxed) {
      refuse('WORKERS', 'must be 1 where no platform is configured: the sandbox is for one process', '1');
    }
    if (values.PORT === 0) refuse('PORT', `must not be 0 where WORKERS=${values.WORKERS} processes share it`);
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
    trustedProxies: values.TRUSTED_PROXIES,
    cloudlink,
    subscriberApi,
    accountDomains: values.ACCOUNT_DOMAINS,
    linkBy: values.LINK_BY,
    redisUrl: values.REDIS_URL ?? null,
    workers: values.WORKERS,
    publicUrl: values.PUBLIC_URL ?? null,
    ...readFeedSettings(values, { cloudlink: cloudlink?.urls.notifications, subscriber: subscriberApi?.url }),
    feedLingerMs: values.FEED_LINGER_SECONDS * 1000,
    webhookSecrets: values.WEBHOOK_SECRETS,
    heartbeatMs: values.HEARTBEAT_SECONDS * 1000,
    resumeWindow: { seconds: values.RESUME_WINDOW_SECONDS, events: values.RESUME_WINDOW_EVENTS },
    homeCountry: values.HOME_COUNTRY,
    mediaHosts: values.MEDIA_HOSTS,
    limits: {
      bodyBytes: values.MAX_BODY_BYTES,
      uploadBytes: values.MAX_UPLOAD_BYTES,
      documentTokens: values.MAX_DOCUMENT_TOKENS,
      documentDepth: values.MAX_DOCUMENT_DEPTH,
      operationTimeoutMs: values.OPERATION_TIMEOUT_MS,
      tryTimeoutMs: values.TRY_TIMEOUT_MS,
      upstreamAnswerBytes: values.MAX_UPSTREAM_ANSWER_BYTES,
      upstreamConnections: values.MAX_UPSTREAM_CONNECTIONS,
      upstreamCalls: values.MAX_UPSTREAM_CALLS,
      operationsPerSecond: values.MAX_OPERATIONS_PER_SECOND,
      signInsPerAccount: values.MAX_SIGN_INS_PER_ACCOUNT,
      signInsPerAddress: values.MAX_SIGN_INS_PER_ADDRESS,
      sessions: values.MAX_SESSIONS,
      feeds: values.MAX_FEEDS,
      rememberedChanges: values.MAX_REMEMBERED_CHANGES,
      stalledClientTimeoutMs: values.STALLED_CLIENT_TIMEOUT_MS,
      shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
    },
  };
};

/** The settings of this process, with what goes before them and what they go before. */
export const readConfig = (
  overrides: Readonly<Record<string, string>> = {},
  defaults: Readonly<Record<string, string>> = {},
): Config => parseConfig({ ...defaults, ...process.env, ...overrides });
