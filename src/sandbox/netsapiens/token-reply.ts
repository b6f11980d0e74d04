import type { Reply } from '../exchange.ts';
import type { Switches } from '../switches.ts';
import { jsonReply, toTyped, xmlReply } from './answer.ts';
import type { Format } from './request.ts';
import { territoryOf, type State } from './state.ts';
import { toUid, type SubscriberRecord } from './subscriber-record.ts';
import { ACCESS_SECONDS, type Grant, type IssuedTokens } from './token-store.ts';
import { toEnvelope } from './xml.ts';

/** One record of the token endpoint: JSON unless XML was asked for, unlike data (facts §2.1). */
export const writeOauth2 = (
  record: Readonly<Record<string, string | number | boolean>>,
  format: Format | undefined,
  switches: Readonly<Switches>,
): Reply => (format === 'xml' ? xmlReply(toEnvelope('oauth2', [record])) : jsonReply(record, switches));

interface Issue {
  readonly grant: Grant;
  readonly tokens: IssuedTokens;
  readonly record: SubscriberRecord;
  readonly state: State;
  readonly switches: Readonly<Switches>;
}

/** The reply to every grant but the refresh: the tutorial's fields, then those later builds add (facts §2.2). */
export const toTokenReply = ({ grant, tokens, record, state, switches }: Issue) => ({
  access_token: tokens.accessToken,
  expires_in: ACCESS_SECONDS,
  scope: grant.scope,
  token_type: 'Bearer',
  refresh_token: tokens.refreshToken,
  legacy: false,
  domain: record.domain,
  apiversion: apiVersion(switches),
  client_id: grant.clientId,
  ...toIdentity(record, state, switches),
});

/** The reply to a refresh is another subset, without names (facts §2.2). */
export const toRefreshReply = ({ grant, tokens, record, state, switches }: Issue) => ({
  access_token: tokens.accessToken,
  refresh_token: tokens.refreshToken,
  expires_in: ACCESS_SECONDS,
  expires: Math.floor(tokens.expires / 1000),
  token_type: 'Bearer',
  scope: grant.scope,
  uid: toUid(record.user, record.domain),
  domain: record.domain,
  territory: toTyped(territoryOf(state, record.domain) ?? '', switches),
  client_id: grant.clientId,
  rate_limit: '0',
  apiversion: apiVersion(switches),
});

/** Whom a token belongs to; `n/a` where there is no department, site or group. */
export const toIdentity = (record: SubscriberRecord, state: State, switches: Readonly<Switches>) => ({
  username: record.subscriber_login,
  user: toTyped(record.user, switches),
  uid: toUid(record.user, record.domain),
  login: record.subscriber_login,
  territory: toTyped(territoryOf(state, record.domain) ?? '', switches),
  department: record.group || 'n/a',
  site: record.site || 'n/a',
  group: record.group || 'n/a',
  displayName: `${record.first_name} ${record.last_name}`.trim(),
  user_email: record.email,
});

const apiVersion = (switches: Readonly<Switches>) =>
  switches.legacyTyping === 'strings' ? 'Version: 40.1.3' : 'Version: 41.2.3';
