import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { z } from 'zod';
import { createIsWithin } from './client-address.ts';
import { isCountry } from './phone-number.ts';

/*
 * How the text of a setting is read, by what it holds. An absent one is the default, or undefined. What is refused is told
 * by a message that goes on after the name of the setting.
 */

export interface AccountDomain {
  readonly account: string;
  readonly domain: string;
}

export type LinkCriterion = 'email' | 'extension';

export const wholeNumber = (minimum: number, maximum: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, `must be a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`)
    .default(fallback);

export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
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

export const httpUrl = z
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

export const redisUrl = z
  .string()
  .refine(
    isRedisUrl,
    'must be a redis or rediss URL of host, port and perhaps credentials and the number of a database',
  )
  .optional();

/** The keys that deliveries may be signed with, the one that comes and the one that goes. */
export const secrets = z
  .string()
  .transform((text) => text.split(',').map((secret) => secret.trim()))
  .refine(
    (list) => list.length <= 2 && list.every((secret) => /^[\x21-\x2b\x2d-\x7e]{16,512}$/.test(secret)),
    'must be one or two secrets of at least 16 visible characters, separated by a comma',
  )
  .default([]);

export const origins = z
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

export const hosts = z
  .string()
  .transform((text) => text.split(',').map((host) => host.trim().toLowerCase()))
  .refine(
    (list) => list.every(isHost),
    'must be a comma-separated list of hosts, each with its port if it has one of its own, or `*.` and a domain',
  )
  .default([]);

const areNetworks = (list: readonly string[]): boolean => {
  try {
    createIsWithin(list);
    return true;
  } catch {
    return false;
  }
};

const listOf = (text: string) => text.split(',').map((item) => item.trim());

export const networks = z
  .string()
  .transform(listOf)
  .refine(
    areNetworks,
    'must be a comma-separated list of IP addresses, networks such as 10.0.0.0/8, loopback, linklocal or uniquelocal',
  );

/** Those from which a platform delivers; null for all there are. */
export const webhookNetworks = z
  .string()
  .transform((text) => (text === 'any' ? null : listOf(text)))
  .refine(
    (list) => list === null || areNetworks(list),
    'must be any, or a comma-separated list of IP addresses, networks such as 203.0.113.0/24, loopback, linklocal or uniquelocal',
  )
  .optional();

/** Any other name would be looked up, which takes seconds, only to find that it is not this machine's. */
const isLocalHost = (host: string) =>
  (isIP(host) !== 0 && !host.includes('%')) ||
  ['localhost', hostname().toLowerCase()].includes(host.toLowerCase());

export const localHost = z
  .string()
  .refine(isLocalHost, 'must be an IP address, localhost or the name of this machine')
  .default('127.0.0.1');

export const credential = z
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

export const timeZone = z.string().refine(isTimeZone, 'must be an IANA time zone').default('UTC');

export const appName = z
  .string()
  .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
  .default('cloudlink-subscriber-gateway');

const accountPattern = /^(\d{9}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

export const accountDomains = z
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

export const linkBy = z
  .string()
  .transform((text) => text.split(',').map((criterion) => criterion.trim()))
  .refine(
    (list): list is LinkCriterion[] =>
      list.every((criterion) => criterion === 'email' || criterion === 'extension') &&
      new Set(list).size === list.length,
    'must be email, extension or both in the order to try them, separated by a comma',
  )
  .default(['email', 'extension']);

export const homeCountry = z
  .string()
  .transform((text) => text.toUpperCase())
  .refine(isCountry, 'must be a country with telephone numbers, as two letters of ISO 3166')
  .default('US');
