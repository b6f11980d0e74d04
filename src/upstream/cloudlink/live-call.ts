import { settleEach } from '../batch.ts';
import { createBound } from '../bound.ts';
import { toDate, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import type { Http, UpstreamReply } from '../http.ts';
import { readBack } from '../read-back.ts';
import { toCall, type Call } from './call.ts';
import { getAll } from './collection.ts';
import { CONCURRENT_READS } from './endpoint.ts';
import { readId, readResource } from './reply.ts';

/** A call is known by the endpoint that sees it and the PBX's id there, never by one of them alone (facts §6.3). */
export interface LiveCallKey {
  readonly endpointId: string;
  readonly pbxCallId: string;
}

/** One endpoint's view of a call that is under way. */
export interface LiveCall extends LiveCallKey, Call {}

export interface CallRequest {
  readonly to: string;
  readonly from?: string | undefined;
  readonly fromName?: string | undefined;
  readonly record?: boolean | undefined;
  readonly originateTimeout?: number | undefined;
  /** Addresses that upstream calls when the call was placed, or was not. */
  readonly successUrl?: string | undefined;
  readonly failureUrl?: string | undefined;
  /** Another call of the endpoint that this one belongs to. */
  readonly associatedCallId?: string | undefined;
  readonly executeOnAnswer?: 'bridge' | undefined;
}

/** What can be done with a call, in upstream's words, where that takes no argument. */
export type BareAction =
  'answer' | 'end' | 'hold' | 'retrieve' | 'conference' | 'pauseRecording' | 'resumeRecording';

/** The same with what has an argument. */
export type CallCommand =
  | { readonly action: BareAction }
  | { readonly action: 'blindTransfer' | 'consult' | 'redirect'; readonly destination: string }
  | { readonly action: 'supervisedTransfer'; readonly callId: string }
  | { readonly action: 'dtmf' | 'tagRecording'; readonly args: string };

/** How the call looks when a command has taken effect; null where the endpoint is to have it no more. */
export type Expectation = (call: LiveCall | null) => boolean;

/** Upstream's ids of live calls are paths: `endpoints/2001/calls/40417` (facts §6.3). */
const pathPattern = /^endpoints\/([^/]+)\/calls\/(.+)$/;

export const toLiveCall = (resource: Resource, endpointId: string): LiveCall => {
  const callId = readId(resource, 'callId');
  const [, endpoint = endpointId, pbxCallId = callId] = pathPattern.exec(callId) ?? [];
  return { endpointId: endpoint, pbxCallId, ...toCall(resource) };
};

/** The documents differ in where they put the argument: it is sent in each place that they name (facts §6.1). */
const toBody = (command: CallCommand) => {
  if (command.action === 'blindTransfer') return { ...command, args: command.destination };
  return command.action === 'supervisedTransfer' ? { ...command, args: command.callId } : command;
};

/** `Date` counts whole seconds, and the machines of a platform do not agree to the last of them. */
const TOLERANCE_MS = 2_000;

/**
 * Tells a call that a command began from those that were there before, to the same number perhaps: by the platform's own
 * clock, which its answer to the command shows. A look before the command would tell them too, and cost a request each
 * time. A call that does not say when it began is none: better not to be found than to be mistaken for another.
 */
const sendTimed = async (send: () => Promise<UpstreamReply>) => {
  const sentAt = Date.now();
  const reply = await send();
  const answeredAt = toDate(reply.headers['date'])?.getTime() ?? Date.now();
  const beganAt = answeredAt - (Date.now() - sentAt) - TOLERANCE_MS;
  const isNew = ({ startedAt }: LiveCall) => startedAt !== null && startedAt.getTime() >= beganAt;
  return { reply, isNew };
};

export const isOver = ({ state }: LiveCall) => state === 'completed';

export const createLiveCalls = (media: Http, signal: AbortSignal) => {
  const bound = createBound(CONCURRENT_READS);
  const pathOf = ({ endpointId, pbxCallId }: LiveCallKey) => ['endpoints', endpointId, 'calls', pbxCallId];

  const find = async (key: LiveCallKey, isFresh = false): Promise<LiveCall | null> => {
    try {
      const path = pathOf(key);
      const reply = await bound(() => media.send({ method: 'GET', path, effect: 'read', isFresh }));
      return toLiveCall(readResource(reply), key.endpointId);
    } catch (error) {
      if (error instanceof UpstreamError && error.failure.code === 'NOT_FOUND') return null;
      throw error;
    }
  };

  const list = (endpointId: string, isFresh = false): Promise<readonly LiveCall[]> =>
    bound(() =>
      getAll(media, {
        path: ['endpoints', endpointId, 'calls'],
        toModel: (item) => toLiveCall(item, endpointId),
        isFresh,
      }),
    );

  const send = (key: LiveCallKey, command: CallCommand) =>
    media.send({ method: 'PUT', path: pathOf(key), json: toBody(command), effect: 'write' });

  return {
    find,
    /** A call, null or an `Error` per key, in order. One request each: there is no other way (facts §9). */
    getMany: (keys: readonly LiveCallKey[]) =>
      settleEach<LiveCallKey, LiveCall | null>(keys, {
        groupOf: (key) => pathOf(key).join('/'),
        size: 1,
        load: async (_group, group) => Promise.all(group.map((key) => find(key))),
      }),
    /** The calls that an endpoint has now. */
    list: (endpointId: string) => list(endpointId),
    /** Places a call. Where upstream has only taken it, the one to that number that began since is looked for. */
    place: async (endpointId: string, request: CallRequest): Promise<LiveCall> => {
      const path = ['endpoints', endpointId, 'calls'];
      const { reply, isNew } = await sendTimed(() =>
        media.send({ method: 'POST', path, json: request, effect: 'write' }),
      );
      if (reply.text.trim() !== '') return toLiveCall(readResource(reply), endpointId);
      const isWanted = (call: LiveCall) =>
        call.direction === 'outbound' && call.to.number === request.to && isNew(call);
      const calls = await readBack({
        platform: 'cloudlink',
        signal,
        read: () => list(endpointId, true),
        isVisible: (seen) => seen.some(isWanted),
      });
      return calls.findLast(isWanted) as LiveCall;
    },
    /** Sends a command and reads until it shows, since upstream's answer has no body (facts §3.5). */
    control: async (
      key: LiveCallKey,
      command: CallCommand,
      isDone: Expectation,
    ): Promise<LiveCall | null> => {
      await send(key, command);
      const isVisible = (call: LiveCall | null) => isDone(call === null || isOver(call) ? null : call);
      return readBack({ platform: 'cloudlink', signal, read: () => find(key, true), isVisible });
    },
    /** The same for a command that begins another call on the endpoint, which is found by where it leads. */
    consult: async (
      key: LiveCallKey,
      destination: string,
    ): Promise<{ readonly call: LiveCall | null; readonly consultation: LiveCall | null }> => {
      const { isNew } = await sendTimed(() => send(key, { action: 'consult', destination }));
      const isConsultation = (call: LiveCall) =>
        call.pbxCallId !== key.pbxCallId &&
        call.direction === 'outbound' &&
        call.to.number === destination &&
        isNew(call);
      const calls = await readBack({
        platform: 'cloudlink',
        signal,
        read: () => list(key.endpointId, true),
        isVisible: (seen) => seen.some(isConsultation),
      });
      return {
        call: calls.find(({ pbxCallId }) => pbxCallId === key.pbxCallId) ?? null,
        consultation: calls.findLast(isConsultation) ?? null,
      };
    },
  };
};
