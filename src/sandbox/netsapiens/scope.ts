import type { Switches } from '../switches.ts';
import type { Answer } from './answer.ts';
import type { Caller } from './caller.ts';
import { Refusal } from './refusal.ts';
import { territoryOf, toKey, type State } from './state.ts';
import { toUid, type SubscriberRecord } from './subscriber-record.ts';

/** How far a scope reaches, each further than the one before (facts §8). */
const reaches = ['self', 'site', 'domain', 'territory', 'everything'] as const;
type Reach = (typeof reaches)[number];

const administrators = new Map<string, Reach>([
  ['Site Manager', 'site'],
  ['Office Manager', 'domain'],
  ['Reseller', 'territory'],
  ['Super User', 'everything'],
]);

/** Every other scope, known or not, reaches its own user only. */
const reachOf = (scope: string): Reach => administrators.get(scope) ?? 'self';

/** Whether the caller's scope reaches at least this far. */
export const reachesTo = (caller: Caller, reach: Reach): boolean =>
  reaches.indexOf(reachOf(caller.scope)) >= reaches.indexOf(reach);

/**
 * Whether anything of a domain is visible. A domain that nobody has is nothing to hide from those who see several:
 * they get an empty answer (facts §3.5).
 */
export const seesDomain = (caller: Caller, state: State, domain: string): boolean => {
  if (reachesTo(caller, 'everything') || toKey(domain) === toKey(caller.domain)) return true;
  const territory = territoryOf(state, domain);
  return reachesTo(caller, 'territory') && (territory === undefined || territory === caller.territory);
};

/** Whether anything of a territory is visible: everybody's own one is. */
export const seesTerritory = (caller: Caller, territory: string): boolean =>
  reachesTo(caller, 'everything') || territory === caller.territory;

export const isSelf = (caller: Caller, uid: string): boolean => toKey(uid) === toKey(caller.uid);

/** Whether a whole subscriber record is visible. */
export const seesSubscriber = (caller: Caller, state: State, record: SubscriberRecord): boolean => {
  if (isSelf(caller, toUid(record.user, record.domain))) return true;
  if (!reachesTo(caller, 'site') || !seesDomain(caller, state, record.domain)) return false;
  return reachesTo(caller, 'domain') || record.site === caller.site;
};

export const OUT_OF_SCOPE = 'The request is outside of your scope.';

/** the answer outside the caller's scope. `columns` are what an empty answer would have had. */
export const outOfScope = (switches: Readonly<Switches>, columns: readonly string[] = []): Answer => {
  if (switches.legacyOutOfScope === 'empty') return { kind: 'records', rows: [], columns };
  throw new Refusal(Number(switches.legacyOutOfScope), OUT_OF_SCOPE);
};
