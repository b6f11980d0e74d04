import { encodeGlobalId } from './global-id.ts';
import type { PastCall } from './past-call.ts';
import { callDetailKeyOf } from './schema/call-detail.ts';
import { recordingKeyOf } from './schema/call-detail-recording.ts';
import { mediaPathOf } from './schema/media-path.ts';
import { sourcesOf } from './schema/past-call.ts';
import type { Cloudlink } from './upstream/cloudlink/index.ts';

/** A finished call as an ERP takes it down. Times are in ISO 8601, in UTC. */
export interface ExportRow {
  /** Pass it as `after` to go on behind this call. */
  readonly cursor: string;
  readonly startedAt: string;
  readonly answeredAt: string | null;
  readonly endedAt: string | null;
  readonly direction: string | null;
  readonly isMissed: boolean | null;
  readonly ringSeconds: number | null;
  readonly talkSeconds: number | null;
  readonly fromNumber: string | null;
  readonly fromName: string | null;
  readonly toNumber: string | null;
  readonly toName: string | null;
  readonly sources: readonly string[];
  /** Ids of the CallRecord and of the CallDetail. */
  readonly recordId: string | null;
  readonly detailId: string | null;
  /** Where CloudLink's recordings are streamed; null where it was not asked. */
  readonly recordings: readonly string[] | null;
  /** Where the legacy platform's would be: it tells only to whoever opens it whether there is one. */
  readonly legacyRecording: string | null;
}

const legacyPathOf = ({ detail }: PastCall): string | null => {
  if (detail === null || detail.answeredAt === null || detail.originCallId === null) return null;
  const { domain, originCallId, destinationCallId } = detail;
  return mediaPathOf(
    'CallDetailRecording',
    recordingKeyOf({ domain, originCallId, destinationCallId: destinationCallId ?? '' }),
  );
};

/** Where the recordings of answered calls are, by the id of their record: one request for every 50 of them. */
const findRecordings = async (
  calls: readonly PastCall[],
  { recordings }: Cloudlink,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const ids = calls.flatMap(({ record, isMissed }) =>
    record === null || isMissed === true ? [] : record.id,
  );
  const found = await recordings.listByCalls(ids);
  return new Map(
    found.map((result, index) => {
      if (result instanceof Error) throw result;
      return [ids[index] ?? '', result.map(({ id }) => mediaPathOf('Recording', id))];
    }),
  );
};

/** The calls of a page as rows, in the same order; with the places of their recordings where these are wanted. */
export const toRows = async (
  items: readonly { readonly value: PastCall; readonly cursor: string }[],
  withRecordings: boolean,
  cloudlink: Cloudlink,
): Promise<readonly ExportRow[]> => {
  const calls = items.map(({ value }) => value);
  const found = withRecordings ? await findRecordings(calls, cloudlink) : null;
  return items.map(({ value: call, cursor }) => ({
    cursor,
    startedAt: call.startedAt.toISOString(),
    answeredAt: call.answeredAt?.toISOString() ?? null,
    endedAt: call.endedAt?.toISOString() ?? null,
    direction: call.direction,
    isMissed: call.isMissed,
    ringSeconds: call.ringSeconds,
    talkSeconds: call.talkSeconds,
    fromNumber: call.from.number,
    fromName: call.from.name,
    toNumber: call.to.number,
    toName: call.to.name,
    sources: sourcesOf(call),
    recordId: call.record && encodeGlobalId('CallRecord', call.record.id),
    detailId: call.detail && encodeGlobalId('CallDetail', callDetailKeyOf(call.detail)),
    recordings: found && (found.get(call.record?.id ?? '') ?? []),
    legacyRecording: withRecordings ? legacyPathOf(call) : null,
  }));
};
