import { randomBytes } from 'node:crypto';
import type { Answer, Row } from '../answer.ts';
import { administers, seesBelongings } from '../belonging.ts';
import { models, type EventSubscription, type Model } from '../event-record.ts';
import { isSame } from '../filter.ts';
import { actionsOf, missingTarget, required, type Call, type PlatformObject } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import { given } from '../request.ts';
import { isSelf, outOfScope, reachesTo, seesDomain } from '../scope.ts';
import { toTime } from '../subscriber-record.ts';
import { parseTime } from '../window.ts';

const ALL = '*';

const isModel = (name: string): name is Model => models.some((model) => model === name);

const readModel = ({ parameters }: Call): Model => {
  const model = required(parameters, 'model');
  if (!isModel(model)) throw new Refusal(400, 'Invalid parameter: model');
  return model;
};

const readAddress = ({ parameters }: Call): string => {
  const url = required(parameters, 'post_url');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Refusal(400, 'Invalid parameter: post_url');
  return url;
};

/** Unless it is said, a subscription dies with the token that made it (facts §6.2). */
const readExpiry = ({ parameters, tokenExpires, now }: Call): number => {
  const text = given(parameters, 'expires');
  const expires = text === undefined ? tokenExpires : parseTime(text);
  if (expires === undefined || expires <= now) throw new Refusal(400, 'Invalid parameter: expires');
  return expires;
};

/** Only those who see everything need not name a domain. */
const readDomain = ({ parameters, caller }: Call): string =>
  reachesTo(caller, 'everything') ? (given(parameters, 'domain') ?? ALL) : required(parameters, 'domain');

/** Presence is open to everybody of the domain; of everything else only what is the caller's to see (facts §6.3, A-08). */
const mayAsk = (call: Call, { domain, user, model }: Pick<EventSubscription, 'domain' | 'user' | 'model'>) =>
  seesDomain(call.caller, call.state, domain) &&
  (user === ALL || model === 'presence' || domain === ALL || seesBelongings(call, { user, domain }));

/** The id goes by another name in JSON than in XML, and than is documented (facts §6.1). */
const idName = ({ format, switches }: Call): string =>
  format === 'xml' ? 'subscription_id' : switches.legacyEventId;

const create = (call: Call): Answer => {
  const { parameters, caller, state, switches } = call;
  const wish = {
    model: readModel(call),
    domain: readDomain(call),
    user: given(parameters, 'user') ?? ALL,
    postUrl: readAddress(call),
  };
  const expires = readExpiry(call);
  if (!mayAsk(call, wish)) return outOfScope(switches);
  const id = randomBytes(16).toString('hex');
  const reseller = given(parameters, 'reseller') ?? '';
  state.events.set(id, { id, ...wish, reseller, expires, owner: caller, origin: call.origin });
  if (switches.legacyEventCreate === '202-empty') return { kind: 'accepted' };
  const name = idName(call);
  const status = switches.legacyEventCreate === '200-body' ? 200 : 202;
  return { kind: 'records', rows: [{ [name]: id }], columns: [name], status };
};

const isTheirs = (call: Call, { owner, domain }: EventSubscription): boolean =>
  isSelf(call.caller, owner.uid) || administers(call, domain);

const find = (call: Call, id: string): EventSubscription | undefined => {
  const found = call.state.events.get(id);
  return found !== undefined && found.expires > call.now && isTheirs(call, found) ? found : undefined;
};

/** Those of a domain that are the caller's or under their administration, or the one with an id. */
const read = (call: Call): Answer => {
  const { parameters, caller, state, now } = call;
  const domain = required(parameters, 'domain');
  const name = idName(call);
  const columns = [name, 'model', 'domain', 'user', 'post_url', 'expires'];
  if (!seesDomain(caller, state, domain)) return outOfScope(call.switches, columns);
  const id = given(parameters, 'subscription_id');
  const rows = [...state.events.values()]
    .filter(
      (one) =>
        one.expires > now && isSame(one.domain, domain) && (id ?? one.id) === one.id && isTheirs(call, one),
    )
    .map((one): Row => ({
      [name]: one.id,
      model: one.model,
      domain: one.domain,
      user: one.user,
      post_url: one.postUrl,
      expires: toTime(one.expires),
    }));
  return { kind: 'records', rows, columns };
};

const remove = (call: Call): Answer => {
  const { parameters, state } = call;
  const id = required(parameters, 'subscription_id');
  if (find(call, id) === undefined) return missingTarget(call, 'No such subscription.');
  return call.write(() => {
    state.events.delete(id);
  });
};

/** Subscriptions to what happens, told by web hooks (facts §6). */
export const event: PlatformObject = {
  element: 'subscription',
  actions: actionsOf({
    create: { parameters: ['model', 'post_url', 'domain', 'user', 'expires', 'reseller'], run: create },
    read: { parameters: ['subscription_id', 'domain'], run: read },
    delete: { parameters: ['subscription_id', 'domain'], run: remove },
  }),
};
