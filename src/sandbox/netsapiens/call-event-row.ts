import type { Row } from './answer.ts';
import { HOSTNAME } from './cdr-leg.ts';
import type { LiveCall, Party } from './live-call.ts';
import { GATEWAY } from './past-call.ts';
import { territoryOf, toKey, type State } from './state.ts';
import { toTime, toUid } from './subscriber-record.ts';

/** A call as the model `call_origid` tells it, whose words are other than those of a read (facts §6.4). */
export const toCallRow = (call: LiveCall, removed: boolean): Row => {
  const { orig, term, by, domain, dialed, beganAt, answeredAt } = call;
  return {
    orig_callid: call.origCallid,
    orig_from_uri: orig.uri,
    orig_from_name: orig.name,
    orig_to_user: dialed,
    orig_user: orig.user,
    orig_domain: orig.user === null ? '*' : domain,
    by_user: by?.user ?? null,
    by_domain: by === null ? null : domain,
    term_user: term.user,
    term_domain: term.user === null ? '*' : domain,
    term_to_uri: term.uri,
    orig_call_info: call.origInfo.toLowerCase(),
    term_call_info: call.termInfo.toLowerCase(),
    time_start: toTime(beganAt),
    time_answer: answeredAt === null ? null : toTime(answeredAt),
    remove: removed ? 'yes' : 'no',
  };
};

const hostOf = (uri: string): string => uri.slice(uri.lastIndexOf('@') + 1);

const toSide = (side: 'orig' | 'term', { user, uri }: Party, { domain }: LiveCall, state: State): Row => {
  const record = user === null ? undefined : state.subscribers.get(toKey(toUid(user, domain)));
  const columns = {
    ip: user === null ? GATEWAY : '198.51.100.1',
    match: user === null ? 'sip:*@*' : uri,
    sub: user,
    type: user === null ? 'gateway' : 'device',
    group: record?.group ?? '',
    site: record?.site ?? '',
    territory: user === null ? '' : (territoryOf(state, domain) ?? ''),
  };
  return Object.fromEntries(Object.entries(columns).map(([name, value]) => [`${side}_${name}`, value]));
};

/** One leg of it, as the model `call` tells it: the same and much more. */
export const toLegRow = (call: LiveCall, removed: boolean, state: State, now: number): Row => {
  const { orig, term, by, domain, dialed, origCallid, termCallid } = call;
  return {
    hostname: HOSTNAME,
    sessionId: origCallid,
    ...toCallRow(call, removed),
    ...toSide('orig', orig, call, state),
    ...toSide('term', term, call, state),
    orig_leg_tag: `${origCallid.slice(0, 8)}-tag`,
    orig_from_user: orig.number,
    orig_from_host: hostOf(orig.uri),
    orig_req_uri: `sip:${dialed}@${domain}`,
    orig_req_user: dialed,
    orig_req_host: domain,
    orig_to_uri: `sip:${dialed}@${domain}`,
    orig_to_host: domain,
    by_action: by?.action ?? '',
    by_sub: by?.user ?? '',
    by_callid: by?.callid ?? '',
    by_uri: by === null ? '' : `sip:${by.user}@${domain}`,
    term_callid: termCallid,
    term_leg_tag: `${termCallid.slice(0, 8)}-tag`,
    term_to_user: term.number,
    term_to_host: hostOf(term.uri),
    route_to: term.uri,
    route_class: term.user === null ? 'offnet' : 'onnet',
    media: 'PCMU',
    action: removed ? 'DELETE' : 'UPDATE',
    time_refresh: toTime(now),
    ts: toTime(now),
    ani: orig.number,
    dnis: dialed,
    acr_id: '',
  };
};
