import type { Answer } from '../answer.ts';
import { isSame } from '../filter.ts';
import type { LiveCall } from '../live-call.ts';
import { actionsOf, required, type Call, type PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { visibleQueues } from '../queue-access.ts';
import type { QueueRecord } from '../queue-record.ts';
import { outOfScope, seesDomain } from '../scope.ts';
import type { State } from '../state.ts';
import { toTime } from '../subscriber-record.ts';

const columns = [
  'queue_name',
  'domain',
  'orig_callid',
  'orig_user',
  'orig_domain',
  'orig_name',
  'ani',
  'time_begin',
  'wait_seconds',
];

/** The calls that ring in a queue and nowhere else, longest first. */
export const waitingIn = (state: State, { queue_name, domain }: QueueRecord): LiveCall[] =>
  [...state.calls.values()]
    .filter(
      ({ term, termInfo, domain: own }) =>
        termInfo === 'Alerting' && isSame(term.user, queue_name) && isSame(own, domain),
    )
    .toSorted((one, other) => one.beganAt - other.beganAt);

/** Who waits in a queue. */
const read = (call: Call): Answer => {
  const { parameters, caller, state, now } = call;
  const domain = required(parameters, 'domain');
  required(parameters, 'queue');
  if (!seesDomain(caller, state, domain)) return outOfScope(call.switches, columns);
  const rows = visibleQueues(call, domain).flatMap((queue) =>
    waitingIn(state, queue).map(({ orig, origCallid, beganAt }) => ({
      queue_name: queue.queue_name,
      domain: queue.domain,
      orig_callid: origCallid,
      orig_user: orig.user ?? '',
      orig_domain: orig.user === null ? '*' : queue.domain,
      orig_name: orig.name,
      ani: orig.number,
      time_begin: toTime(beganAt),
      wait_seconds: String(Math.floor((now - beganAt) / 1000)),
    })),
  );
  return page(rows, { ...call, columns, key: 'orig_callid' });
};

/** Calls that wait in a queue (facts §5.12). */
export const queued: PlatformObject = {
  element: 'queued',
  actions: actionsOf({ read: { parameters: ['domain', 'queue', ...pageParameters], run: read } }),
};
