import type { HistorySides } from '../../src/call-history.ts';
import type { PastCall } from '../../src/past-call.ts';
import type { CallRecord } from '../../src/upstream/cloudlink/call-record.ts';
import type { CallDetail } from '../../src/upstream/netsapiens/call-detail.ts';
import type { Page, PageRequest } from '../../src/upstream/page.ts';

/** One call that happened, and which platforms tell it. */
export interface Happening {
  readonly call: number;
  readonly at: number;
  readonly skew: number;
  readonly side: 'left' | 'right' | 'both';
}

export const DAY = Date.UTC(2026, 10, 2);

export const recordOf = ({ call, at }: Happening): CallRecord => ({
  id: `record-${call}`,
  from: { number: `+1212555${1000 + call}`, name: null, principalId: null, isE164: true, isClaimed: true },
  to: { number: '1001', name: null, principalId: 'ada', isE164: false, isClaimed: false },
  state: 'completed',
  cause: 'newCall',
  direction: 'inbound',
  siteId: null,
  startedAt: new Date(DAY + at),
  endedAt: null,
  completed: true,
  ringSeconds: 3,
  talkSeconds: 60,
});

export const detailOf = ({ call, at, skew }: Happening): CallDetail => ({
  cdrId: `detail-${call}`,
  domain: 'acme.12345.service',
  type: '1',
  isOnNet: false,
  origin: { extension: null, number: `1212555${1000 + call}`, name: 'Customer', uri: null },
  destination: { extension: '1001', number: '1001', name: null, uri: null },
  dialledNumber: null,
  byExtension: null,
  // The legacy platform tells whole seconds.
  startedAt: new Date(Math.floor((DAY + at + skew) / 1000) * 1000),
  answeredAt: new Date(DAY + at + 4000),
  releasedAt: new Date(DAY + at + 65_000),
  durationSeconds: 65,
  talkSeconds: 61,
  isHidden: null,
  tag: null,
  originCallId: null,
  destinationCallId: null,
  releaseText: null,
});

export interface Timed {
  readonly startedAt: Date | null;
}

export const timeOf = ({ startedAt }: Timed) => startedAt?.getTime() ?? 0;

/** A platform that has these calls, newest first, as far as `read` is told to count. */
export const platformOf =
  <Call extends Timed>(calls: readonly Call[], onRead = () => undefined as void) =>
  async () =>
  async ({ from, to }: { from: Date; to: Date }, { first, offset }: PageRequest): Promise<Page<Call>> => {
    onRead();
    const rows = calls
      .filter((call) => timeOf(call) >= from.getTime() && timeOf(call) < to.getTime())
      .sort((one, other) => timeOf(other) - timeOf(one));
    return {
      items: rows.slice(offset, offset + first).map((value, index) => ({ value, next: offset + index + 1 })),
      hasNextPage: rows.length > offset + first,
    };
  };

export const sidesOf = (happenings: readonly Happening[]): HistorySides => ({
  cloudlink: platformOf(happenings.filter(({ side }) => side !== 'right').map(recordOf)),
  subscriber: platformOf(happenings.filter(({ side }) => side !== 'left').map(detailOf)),
});

export const window = { from: new Date(DAY - 1000), to: new Date(DAY + 60_000), homeCountry: 'US' as const };

export const numberOf = ({ record, detail }: PastCall): number =>
  Number((record?.id ?? detail?.cdrId ?? '').split('-')[1]);
