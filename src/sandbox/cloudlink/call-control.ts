import { readBody } from './body.ts';
import { accept, readOwnEndpoint, seenBy } from './endpoint.ts';
import { findFarEnd, NUMBER, readCall } from './endpoint-call.ts';
import { Failure } from './failure.ts';
import { text } from './field.ts';
import type { Leg, LiveCall } from './live-call.ts';
import { answered, ended, otherSide } from './live-call.ts';
import type { Call, Handler } from './service.ts';
import type { Seen, Switchboard } from './switchboard.ts';
import type { ObjectSchema } from './validation.ts';

interface Control {
  readonly action: ActionName;
  readonly args?: string;
  readonly destination?: string;
  readonly callId?: string;
}

/** One action on a call that one of its endpoints asks for, at a time. */
interface Command extends Seen {
  readonly request: Call;
  readonly endpointId: string;
  readonly control: Control;
  readonly switchboard: Switchboard;
  readonly now: number;
}

type Action = (command: Command) => void;

const conflict = ({ control: { action } }: Command, state: string): Failure =>
  new Failure(409, `The call cannot ${action}: it is ${state}`);

const requireTalk = (command: Command): void => {
  if (command.call.answeredAt === undefined) throw conflict(command, 'not answered');
};

const requireArgument = (value: string | undefined, name: string, pattern: string): string => {
  if (value === undefined) throw new Failure(400, `data should have required property '${name}'`);
  if (!new RegExp(pattern, 'u').test(value))
    throw new Failure(400, `data.${name} should match pattern "${pattern}"`);
  return value;
};

/** The schema text says `args`, every worked example `destination`: both are taken (facts §6.1). */
const readDestination = ({ destination, args }: Control): string =>
  destination === undefined && args !== undefined
    ? requireArgument(args, 'args', NUMBER)
    : requireArgument(destination, 'destination', NUMBER);

const replace = ({ switchboard, call, now }: Command, changed: LiveCall): void =>
  switchboard.commit([call], [changed], now);

const setHeld = (command: Command, isHeld: boolean): void => {
  const { call, side } = command;
  replace(command, { ...call, [side]: { ...call[side], isHeld } });
};

/** Another end for whoever is left, whose view goes on in the new call. */
const sendOn = (command: Command, left: Leg, destination: string, cause: string): LiveCall => {
  const { request, call, switchboard, now } = command;
  const farEnd = findFarEnd(request.store, call.accountId, destination);
  const { accountId } = call;
  const isRecorded = call.recording !== undefined;
  return switchboard.prepare({ accountId, caller: left, farEnd, cause, isRecorded }, now);
};

/** The other answered call of the same endpoint: by its id, in either form, or the only one. */
const findOther = (command: Command, id: string | undefined): Seen | undefined => {
  const { request, call, endpointId } = command;
  const pbxCallId = id?.replace(`endpoints/${endpointId}/calls/`, '');
  return seenBy(request.store, call.accountId, endpointId).find(
    (other) =>
      other.call !== call &&
      other.call.answeredAt !== undefined &&
      (pbxCallId === undefined || other.call[other.side].pbxCallId === pbxCallId),
  );
};

const answer: Action = (command) => {
  const { call, side, now } = command;
  if (call.answeredAt !== undefined) throw conflict(command, 'answered already');
  if (side !== 'to') throw conflict(command, 'outbound');
  replace(command, answered(call, now));
};

const end: Action = (command) => {
  const { call, side, now } = command;
  const unanswered = side === 'from' ? 'callCancelled' : 'busy';
  const cause = call.answeredAt === undefined ? unanswered : call.cause;
  replace(command, ended({ ...call, cause }, now));
};

const hold: Action = (command) => {
  requireTalk(command);
  setHeld(command, !command.call[command.side].isHeld);
};

const retrieve: Action = (command) => {
  if (!command.call[command.side].isHeld) throw conflict(command, 'not held');
  setHeld(command, false);
};

const blindTransfer: Action = (command) => {
  const destination = readDestination(command.control);
  requireTalk(command);
  const { call, side, switchboard, now } = command;
  const moved = sendOn(command, call[otherSide(side)], destination, 'transfer');
  switchboard.commit([call], [ended(call, now), moved], now);
};

const redirect: Action = (command) => {
  const destination = readDestination(command.control);
  const { call, side, switchboard, now } = command;
  if (call.answeredAt !== undefined || side !== 'to') throw conflict(command, 'not ringing');
  const moved = sendOn(command, call.from, destination, 'redirected');
  switchboard.commit([call], [ended({ ...call, cause: 'redirected' }, now), moved], now);
};

const consult: Action = (command) => {
  const destination = readDestination(command.control);
  requireTalk(command);
  const { call, side, switchboard, now } = command;
  const { party } = call[side];
  const asked = sendOn(command, { party, isHeld: false }, destination, 'newCall');
  const held = { ...call, [side]: { ...call[side], isHeld: true } };
  switchboard.commit([call], [held, asked], now);
};

const supervisedTransfer: Action = (command) => {
  const { call, side, control, switchboard, now } = command;
  const name = control.callId === undefined ? 'args' : 'callId';
  const id = requireArgument(control[name], name, '.');
  requireTalk(command);
  const other = findOther(command, id);
  if (other === undefined) throw conflict(command, 'the only answered call, or that one is not known');
  const [left, right] = [call[otherSide(side)], other.call[otherSide(other.side)]];
  const isRecorded = (call.recording ?? other.call.recording) !== undefined;
  const farEnd = { party: right.party };
  const { accountId } = call;
  const prepared = switchboard.prepare(
    { accountId, caller: left, farEnd, cause: 'transfer', isRecorded },
    now,
  );
  const joined = answered({ ...prepared, to: { ...right, isHeld: false } }, now);
  switchboard.commit([call, other.call], [ended(call, now), ended(other.call, now), joined], now);
};

/** Both calls of the endpoint are heard together: neither is held any more. */
const conference: Action = (command) => {
  requireTalk(command);
  const other = findOther(command, undefined);
  if (other === undefined) throw conflict(command, 'the only answered call');
  const release = ({ call, side }: Seen): LiveCall => ({ ...call, [side]: { ...call[side], isHeld: false } });
  command.switchboard.commit([command.call, other.call], [release(command), release(other)], command.now);
};

const dtmf: Action = (command) => {
  requireArgument(command.control.args, 'args', '^[0-9A-D*#,]+$');
  requireTalk(command);
};

const requireRecording = (command: Command): NonNullable<LiveCall['recording']> => {
  requireTalk(command);
  if (command.call.recording === undefined) throw conflict(command, 'not recorded');
  return command.call.recording;
};

const pauseRecording: Action = (command) => {
  const recording = requireRecording(command);
  if (recording.pausedAt !== undefined) throw conflict(command, 'paused already');
  replace(command, { ...command.call, recording: { ...recording, pausedAt: command.now } });
};

const resumeRecording: Action = (command) => {
  const { pausedAt, pausedMs } = requireRecording(command);
  if (pausedAt === undefined) throw conflict(command, 'not paused');
  replace(command, { ...command.call, recording: { pausedMs: pausedMs + command.now - pausedAt } });
};

const isTagText = (value: string): boolean => {
  try {
    const tags: unknown = JSON.parse(value);
    return typeof tags === 'object' && tags !== null && !Array.isArray(tags);
  } catch {
    return false;
  }
};

/** Nothing that is documented shows the tags again: they are checked and let go. */
const tagRecording: Action = (command) => {
  const tags = requireArgument(command.control.args, 'args', '.');
  if (!isTagText(tags)) throw new Failure(400, 'data.args should be a JSON text of tag pairs');
  requireRecording(command);
};

const actions = {
  answer,
  end,
  hold,
  retrieve,
  blindTransfer,
  supervisedTransfer,
  consult,
  dtmf,
  conference,
  pauseRecording,
  resumeRecording,
  tagRecording,
  redirect,
} as const satisfies Readonly<Record<string, Action>>;

type ActionName = keyof typeof actions;

const schema: ObjectSchema<Control> = {
  type: 'object',
  properties: {
    action: { type: 'string', enum: Object.keys(actions) },
    args: text,
    destination: text,
    callId: text,
  },
  required: ['action'],
  // The one body of the service that may hold more than is known (facts §6.1).
  additionalProperties: true,
};

export const putCall: Handler = (request) => {
  const { endpointId } = readOwnEndpoint(request);
  const control = readBody(request, schema);
  const { switchboard } = request.store.media;
  const command = {
    ...readCall(request),
    request,
    endpointId,
    control,
    switchboard,
    now: request.clock.now(),
  };
  if (command.call.endedAt !== undefined) throw conflict(command, 'over');
  actions[control.action](command);
  return accept(request, { status: 200, body: undefined });
};
