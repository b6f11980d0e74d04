import type { Answer, Row } from '../answer.ts';
import { seesBelongings } from '../belonging.ts';
import { historyOf } from '../cdr-choice.ts';
import { toSignedLink } from '../media.ts';
import {
  actionsOf,
  required,
  type Call,
  type DownloadRequest,
  type Media,
  type PlatformObject,
} from '../operation.ts';
import type { CallDetail } from '../past-call.ts';
import { Refusal } from '../refusal.ts';
import { given } from '../request.ts';
import { outOfScope, seesDomain } from '../scope.ts';
import { toTime } from '../subscriber-record.ts';
import { toWave, toWaveSize } from '../wave.ts';

const columns = ['status', 'call_id', 'time_open', 'time_close', 'duration', 'size', 'time', 'geo_id', 'url'];

const MINUTE = 60_000;
const CONVERTED_AFTER = 2 * MINUTE;
const ARCHIVED_AFTER = 30 * 24 * 60 * MINUTE;

/** The recording of one call, or nothing, as long as there is none yet (facts §5.9). */
const read = (call: Call): Answer => {
  const { parameters, caller, state, switches } = call;
  const domain = required(parameters, 'domain');
  const names = ['orig_callid', 'term_callid', 'callid']
    .map((name) => given(parameters, name))
    .filter((name) => name !== undefined);
  const [first] = names;
  if (first === undefined) throw new Refusal(400, 'Missing parameter: orig_callid');
  if (!seesDomain(caller, state, domain)) return outOfScope(switches, columns);

  const history = historyOf(state, domain);
  const past = history?.find(first);
  const detail = past === undefined ? undefined : history?.detail(past);
  const found =
    detail !== undefined &&
    names.every((name) => name === detail.origCallid || name === detail.termCallid) &&
    isVisible(call, detail) &&
    hasArrived(call, detail);
  return {
    kind: 'records',
    rows: found ? [toRecordingRow(detail, call)] : [],
    columns,
    empty: 'blank',
    isBare: switches.legacyRecordingShape === 'bare',
  };
};

const isVisible = (call: Call, { orig, term, domain }: CallDetail): boolean =>
  [orig.user, term.user].some((user) => user !== null && seesBelongings(call, { user, domain }));

const hasArrived = ({ now, switches }: Call, { isRecorded, releasedAt }: CallDetail): boolean =>
  isRecorded && now >= releasedAt + switches.legacyRecordingDelayMs;

export const toRecordingRow = (
  detail: CallDetail,
  { now, switches, origin }: Pick<Call, 'now' | 'switches' | 'origin'>,
): Row => {
  const { answeredAt, releasedAt, origCallid, domain } = detail;
  const openedAt = answeredAt ?? releasedAt;
  const age = now - releasedAt - switches.legacyRecordingDelayMs;
  const converted = age < CONVERTED_AFTER ? 'unconverted' : 'converted';
  const link = { object: 'recording', action: 'download', domain, callid: origCallid };
  return {
    status: age > ARCHIVED_AFTER ? 'archived' : converted,
    call_id: origCallid,
    time_open: toTime(openedAt),
    time_close: toTime(releasedAt),
    duration: String(secondsOf(detail)),
    size: String(toWaveSize(secondsOf(detail))),
    time: toTime(openedAt),
    geo_id: '1',
    url: toSignedLink(origin, link, now),
  };
};

const secondsOf = ({ answeredAt, releasedAt }: CallDetail): number =>
  Math.round((releasedAt - (answeredAt ?? releasedAt)) / 1000);

/** Each call sounds in a pitch of its own, so that one cannot be taken for another. */
const download = ({ parameters, state }: DownloadRequest): Media => {
  const history = historyOf(state, required(parameters, 'domain'));
  const past = history?.find(required(parameters, 'callid'));
  if (history === undefined || past === undefined) throw new Refusal(404, 'No such recording.');
  const pitch = 300 + (Math.floor(past.startedAt / 1000) % 500);
  return { type: 'audio/wav', content: toWave(secondsOf(history.detail(past)), pitch) };
};

/** Recordings, one call at a time (facts §5.9). */
export const recording: PlatformObject = {
  element: 'recording',
  actions: actionsOf({
    read: { parameters: ['domain', 'orig_callid', 'term_callid', 'callid'], run: read },
  }),
  downloads: new Map([['download', download]]),
};
