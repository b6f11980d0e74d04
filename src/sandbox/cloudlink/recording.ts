import { isAdministrator } from './access.ts';
import { readBody } from './body.ts';
import { historyOf, maySeeCall } from './call-record.ts';
import { accept } from './endpoint.ts';
import { Failure, forbidden, notFound } from './failure.ts';
import { text } from './field.ts';
import type { Scope } from './filter-scope.ts';
import { everything, readScope } from './filter-scope.ts';
import { firstWhere } from './first-where.ts';
import { expands, toCollection, toItem } from './hal.ts';
import { createLazyList } from './lazy-list.ts';
import { toIso } from './live-call.ts';
import { parseFilter } from './odata.ts';
import { isMediaFormat, mediaFormats, type MediaFormatName } from './audio.ts';
import { toMedia } from './recording-media.ts';
import type { Recording } from './recording-record.ts';
import { toSeededCallId, toSeededRecording } from './recording-record.ts';
import type { Call, Handler } from './service.ts';
import { ok } from './service.ts';
import { tell } from './store.ts';
import type { ObjectSchema } from './validation.ts';

const labelling: ObjectSchema<{ readonly label: string }> = {
  type: 'object',
  properties: { label: text },
  required: ['label'],
};

/** Recordings of simulated calls first, then seeded ones, each newest first. */
function* within(call: Call, { from, to, callIds }: Scope): Generator<Recording> {
  const history = historyOf(call);
  const added = call.store.media.recordings.get(call.principal.accountId) ?? [];
  for (const recording of added.toReversed())
    if (callIds?.has(recording.call.callId) ?? true) yield recording;
  if (callIds !== undefined) {
    const seeded = [...callIds].flatMap((callId) => findSeeded(call, callId) ?? []);
    yield* seeded.sort((left, right) => right.createdOn - left.createdOn);
    return;
  }
  const recorded = history.recorded();
  const { length } = recorded;
  const first = firstWhere(length, (position) => recorded.at(position).startedAt <= to);
  for (let position = first; position < length; position += 1) {
    const seeded = recorded.at(position);
    if (seeded.startedAt < from) return;
    const recording = toSeededRecording(seeded);
    if (recording !== undefined) yield recording;
  }
}

const findSeeded = (call: Call, callId: string): Recording | undefined => {
  const past = historyOf(call).find(callId);
  return past === undefined ? undefined : toSeededRecording(past);
};

const maySee = (call: Call, { recordingId, call: past }: Recording): boolean =>
  !call.store.media.deletedRecordings.has(recordingId) && maySeeCall(call, past);

/** The recording the path names. Throws a 404 where there is none that the caller may see. */
const findRecording = (call: Call): Recording => {
  const recordingId = call.parameter('recordingId');
  const added = call.store.media.recordings.get(call.principal.accountId) ?? [];
  const recording =
    added.find((one) => one.recordingId === recordingId) ?? findSeeded(call, toSeededCallId(recordingId));
  if (recording === undefined || !maySee(call, recording)) throw notFound();
  return recording;
};

export const toRecording = (
  { store }: Pick<Call, 'store'>,
  recording: Recording,
  format: MediaFormatName = 'wav',
) => {
  const { recordingId, createdOn, durationInSeconds, call } = recording;
  const label = store.media.labels.get(recordingId);
  return toItem(
    {
      recordingId,
      callId: call.callId,
      createdOn: toIso(createdOn),
      contentType: mediaFormats[format].contentType,
      durationInSeconds,
      ...(label !== undefined && { label }),
    },
    'recordings',
    recordingId,
  );
};

const readFormat = ({ query }: Call): MediaFormatName => {
  const name = query.get('media-format') ?? 'wav';
  if (!isMediaFormat(name))
    throw new Failure(400, 'query.media-format should be equal to one of the allowed values');
  return name;
};

export const listRecordings: Handler = (call) => {
  const filter = call.query.get('$filter') ?? '';
  // What is malformed is refused before anything else is made of it.
  if (filter.trim() !== '') parseFilter(filter);
  const scope = filter.trim() === '' ? everything : readScope(filter);
  const list = createLazyList(function* () {
    for (const recording of within(call, scope))
      if (maySee(call, recording)) yield toRecording(call, recording);
  });
  return toCollection(call, list);
};

export const getRecording: Handler = (call) => {
  const recording = findRecording(call);
  const format = readFormat(call);
  return ok({
    ...toRecording(call, recording, format),
    ...(expands(call, 'media') && { _embedded: toMedia(call, recording, format) }),
  });
};

export const putRecording: Handler = (call) => {
  const recording = findRecording(call);
  call.store.media.labels.set(recording.recordingId, readBody(call, labelling).label);
  tell(call.store, 'recording', { accountId: call.principal.accountId, recording }, 'changed');
  return ok(toRecording(call, recording));
};

/** Privileged (facts §6.4): for administrators. */
export const deleteRecording: Handler = (call) => {
  const recording = findRecording(call);
  if (!isAdministrator(call.principal)) throw forbidden();
  call.store.media.deletedRecordings.add(recording.recordingId);
  tell(call.store, 'recording', { accountId: call.principal.accountId, recording }, 'removed');
  return accept(call, ok({}));
};
