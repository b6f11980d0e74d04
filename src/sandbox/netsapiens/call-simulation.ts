import { createHash } from 'node:crypto';
import { createHistory, GATEWAY, type CallDetail } from './past-call.ts';
import type { LiveCall, Party } from './live-call.ts';
import { updatePresence } from './presence.ts';
import { toKey, type State } from './state.ts';
import { toUid } from './subscriber-record.ts';

/** How long the world outside lets it ring, and how long it talks. */
const OUTSIDE_ANSWERS_MS = 6_000;
const OUTSIDE_TALKS_MS = 180_000;

/** Who answers under a number: a user of the domain, a queue included, or somebody outside. */
export const toParty = (state: State, domain: string, destination: string): Party => {
  const number = destination.replace(/^sip:/, '').replace(/@.*$/, '');
  const record = state.subscribers.get(toKey(toUid(number, domain)));
  if (record === undefined) {
    const digits = number.replace(/^\+/, '');
    return { user: null, number: digits, name: '', uri: `sip:${digits}@${GATEWAY}` };
  }
  const { user, first_name, last_name } = record;
  return { user, number: user, name: `${first_name} ${last_name}`.trim(), uri: `sip:${user}@${domain}` };
};

/**
 * What happens by itself to a call that starts to ring: somebody outside answers after a while and hangs up when
 * everything is said; a user is left to ring until the timeout, a queue until its limit.
 */
export const ringing = (state: State, domain: string, term: Party, now: number) => {
  if (term.user === null) {
    const answersAt = now + OUTSIDE_ANSWERS_MS;
    return { answersAt, endsAt: answersAt + OUTSIDE_TALKS_MS };
  }
  const key = toKey(toUid(term.user, domain));
  const seconds = state.queues.get(key)?.wait_limit ?? state.subscribers.get(key)?.no_answer_timeout ?? '25';
  return { answersAt: null, endsAt: now + Number(seconds) * 1000 };
};

/** Puts a call in the place of what it was, and lets presence follow. */
export const putCall = (state: State, call: LiveCall, now: number): void => {
  const before = state.calls.get(call.origCallid);
  state.calls.set(call.origCallid, call);
  follow(state, [before, call], now);
};

/** The call as it is once the terminating side has answered. */
export const answered = (call: LiveCall, at: number): LiveCall => ({
  ...call,
  answeredAt: at,
  origInfo: 'Active',
  termInfo: 'Active',
  answersAt: null,
  // Somebody outside who called, or was called, hangs up in the end; two users talk until one of them does.
  endsAt: call.orig.user !== null && call.term.user !== null ? null : at + OUTSIDE_TALKS_MS,
});

/** Ends a call: it leaves the live ones and stands in the history from now on. */
export const finishCall = (state: State, call: LiveCall, at: number, releaseText: string): void => {
  state.calls.delete(call.origCallid);
  const key = toKey(call.domain);
  const history = state.histories.get(key) ?? createHistory();
  state.histories.set(key, history);
  const detail = toDetail(call, at, releaseText);
  history.add(detail);
  for (const onChange of state.listeners) onChange('cdr2', detail, false);
  follow(state, [call], at);
};

/** Does everything that has happened by itself since the last look, each at its own time. */
export const advanceCalls = (state: State, now: number): void => {
  for (;;) {
    const [next] = [...state.calls.values()]
      .filter((call) => dueAt(call) <= now)
      .sort((one, other) => dueAt(one) - dueAt(other));
    if (next === undefined) return;
    const at = dueAt(next);
    if (at === next.answersAt) putCall(state, answered(next, at), at);
    else finishCall(state, next, at, next.answeredAt === null ? 'Orig: Cancel' : 'Term: Bye');
  }
};

const dueAt = ({ answersAt, endsAt }: LiveCall): number => answersAt ?? endsAt ?? Number.POSITIVE_INFINITY;

const follow = (state: State, calls: readonly (LiveCall | undefined)[], now: number): void => {
  const users = calls.flatMap((call) =>
    call === undefined ? [] : [call.orig.user, call.term.user].map((user) => ({ user, domain: call.domain })),
  );
  for (const { user, domain } of users) if (user !== null) updatePresence(state, domain, user, now);
};

/** Times are told in whole seconds, so a call begins and ends on one. */
const toDetail = (call: LiveCall, at: number, releaseText: string): CallDetail => {
  const startedAt = toSecond(call.beganAt);
  const day = new Date(startedAt).toISOString().slice(0, 10).replaceAll('-', '');
  return {
    id: `${day}f${createHash('sha1').update(`${call.origCallid} ${startedAt}`).digest('hex').slice(0, 7)}`,
    origCallid: call.origCallid,
    termCallid: call.termCallid,
    domain: call.domain,
    startedAt,
    answeredAt: call.answeredAt === null ? null : toSecond(call.answeredAt),
    releasedAt: toSecond(at),
    orig: call.orig,
    term: call.term,
    dialed: call.dialed,
    by: call.by?.user ?? null,
    isRecorded: call.wasRecorded,
    releaseText,
  };
};

const toSecond = (time: number): number => Math.floor(time / 1000) * 1000;
