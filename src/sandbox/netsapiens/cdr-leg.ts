import type { Row } from './answer.ts';
import { GATEWAY, type CallDetail } from './past-call.ts';
import { toKey, type State } from './state.ts';
import { toTime, toUid } from './subscriber-record.ts';

/** Where every call of the sandbox is switched. */
export const HOSTNAME = 'core1.example.test';

/**
 * The whole leg, which `raw=yes` nests under `CdrR` (facts §5.5). Of its columns the two call ids, the release text and
 * the codec are known; the others bear the names that events have for the same things (facts §6.4).
 */
export const toLeg = (detail: CallDetail, state: State, territory: string): Row => {
  const { orig, term, dialed, domain, startedAt, answeredAt, releasedAt } = detail;
  const seconds = Math.round((releasedAt - startedAt) / 1000);
  const talking = answeredAt === null ? 0 : Math.round((releasedAt - answeredAt) / 1000);
  return {
    id: detail.id,
    hostname: HOSTNAME,
    mac: '',
    cdr_index: '0',
    sessionId: detail.origCallid,
    ...toSide('orig', detail.origCallid, orig, { detail, state, territory }),
    orig_from_name: orig.name,
    orig_from_uri: orig.uri,
    orig_from_user: orig.number,
    orig_from_host: hostOf(orig.uri),
    orig_req_uri: `sip:${dialed}@${domain}`,
    orig_req_user: dialed,
    orig_req_host: domain,
    orig_to_uri: `sip:${dialed}@${domain}`,
    orig_to_user: dialed,
    orig_to_host: domain,
    by_action: detail.by === null ? '' : 'Transfer',
    by_sub: detail.by,
    by_domain: detail.by === null ? '' : domain,
    by_group: '',
    by_site: '',
    by_uri: detail.by === null ? '' : `sip:${detail.by}@${domain}`,
    by_callid: '',
    ...toSide('term', detail.termCallid, term, { detail, state, territory }),
    term_to_uri: term.uri,
    term_to_user: term.number,
    term_to_host: hostOf(term.uri),
    route_to: term.uri,
    route_class: term.user === null ? 'offnet' : 'onnet',
    time_start: toEpoch(startedAt),
    time_ringing: toEpoch(startedAt + 1000),
    time_answer: answeredAt === null ? null : toEpoch(answeredAt),
    time_release: toEpoch(releasedAt),
    time_talking: String(talking),
    time_holding: '0',
    time_insert: toTime(releasedAt),
    duration: String(seconds),
    time_disp: '0',
    batch_tim_beg: toTime(startedAt),
    batch_tim_ans: answeredAt === null ? null : toTime(answeredAt),
    batch_hold: '0',
    batch_dura: String(talking),
    batch_orig_id: detail.origCallid,
    batch_term_id: detail.termCallid,
    release_code: detail.releaseText.startsWith('Term') ? 'term' : 'end',
    release_text: detail.releaseText,
    codec: answeredAt === null ? '' : 'PCMU',
    rly_prt_0: '20000',
    rly_prt_a: GATEWAY,
    rly_prt_b: GATEWAY,
    rly_cnt_a: String(talking * 50),
    rly_cnt_b: String(talking * 50),
    image_codec: '',
    image_prt_0: '0',
    image_cnt_a: '0',
    image_cnt_b: '0',
    video_codec: '',
    video_cnt_a: '0',
    video_cnt_b: '0',
    disp_type: '',
    disposition: '',
    reason: '',
    notes: '',
    pac: '',
    orig_logi_uri: orig.uri,
    term_logi_uri: term.uri,
    batch_tim_offset: '0',
    ani: orig.number,
    dnis: dialed,
    acr_id: '',
    ts: toTime(releasedAt),
  };
};

interface Setting {
  readonly detail: CallDetail;
  readonly state: State;
  readonly territory: string;
}

const toSide = (
  side: 'orig' | 'term',
  callid: string,
  { user, uri }: CallDetail['orig'],
  { detail: { domain }, state, territory }: Setting,
): Row => {
  const record = user === null ? undefined : state.subscribers.get(toKey(toUid(user, domain)));
  const columns = {
    callid,
    leg_tag: `${callid.slice(0, 8)}-tag`,
    ip: user === null ? GATEWAY : '198.51.100.1',
    match: user === null ? 'sip:*@*' : uri,
    type: user === null ? 'gateway' : 'device',
    sub: user,
    domain: user === null ? '*' : domain,
    territory: user === null ? '' : territory,
    group: record?.group ?? '',
    site: record?.site ?? '',
  };
  return Object.fromEntries(Object.entries(columns).map(([name, value]) => [`${side}_${name}`, value]));
};

const hostOf = (uri: string): string => uri.slice(uri.lastIndexOf('@') + 1);

const toEpoch = (milliseconds: number): string => String(Math.floor(milliseconds / 1000));
