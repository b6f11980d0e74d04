import { VERSION } from './version.ts';

/** Which side of a call somebody is on: who placed it, or who is called. */
export type Side = 'from' | 'to';

/** A person or a number at one end of a call. */
export interface Party {
  readonly number: string;
  readonly name: string;
  readonly userId?: string;
  readonly siteId?: string;
  /** Absent for whoever is not on CloudLink, who has no view of the call. */
  readonly endpointId?: string;
}

/** One end of a call. With a PBX id it is seen as a call of its endpoint (facts §6.3). */
export interface Leg {
  readonly party: Party;
  readonly pbxCallId?: string;
  readonly isHeld: boolean;
}

/** A call under way, or one that has just ended. Replaced at every transition, never changed. */
export interface LiveCall {
  /** The GUID of the record it becomes. */
  readonly callId: string;
  readonly accountId: string;
  readonly sequence: number;
  readonly from: Leg;
  readonly to: Leg;
  readonly cause: string;
  readonly startedAt: number;
  readonly answeredAt?: number;
  readonly endedAt?: number;
  /** What happens by itself while it rings: it ends for this cause, or without one is answered. */
  readonly due?: { readonly at: number; readonly cause?: string };
  readonly recording?: CallRecording;
}

/** What is recorded of a call from its answer on, save for the pauses. */
export interface CallRecording {
  readonly pausedAt?: number;
  readonly pausedMs: number;
}

/** A call as one endpoint sees it: the resource of facts §6.1, with what was seen on `GET /calls` besides. */
export interface CallView {
  readonly callId: string;
  readonly accountId: string;
  readonly userId?: string;
  readonly siteId?: string;
  readonly from: string;
  readonly fromName: string;
  readonly fromPrincipalId?: string;
  readonly to: string;
  readonly toName: string;
  readonly toPrincipalId?: string;
  readonly fromNumberE164: boolean;
  readonly toNumberE164: boolean;
  readonly state: 'ringing' | 'connected' | 'held' | 'completed';
  readonly cause: string;
  readonly direction: 'inbound' | 'outbound';
  readonly extraPbxData: { readonly calledDevice: string; readonly callTrackingID: string };
  readonly sequenceNumber: string;
  /** There once somebody has answered: until then the caller is connected to a ringing tone. */
  readonly connectedParty?: object;
  readonly createdOn: string;
  readonly endTime?: string;
  readonly completed: boolean;
  readonly ringTime?: number;
  readonly billingTime?: number;
  readonly _links: { readonly self: string };
}

const withoutDue = ({ due: _due, ...call }: LiveCall): LiveCall => call;

/** The call with somebody at its other end. */
export const answered = (call: LiveCall, at: number): LiveCall => ({ ...withoutDue(call), answeredAt: at });

/** The call when it is over, nobody held any more. */
export const ended = (call: LiveCall, at: number): LiveCall => ({
  ...withoutDue(call),
  from: { ...call.from, isHeld: false },
  to: { ...call.to, isHeld: false },
  endedAt: at,
});

export const otherSide = (side: Side): Side => (side === 'from' ? 'to' : 'from');

export const isE164 = (number: string): boolean => /^\+[1-9]\d{6,14}$/.test(number);

export const toIso = (time: number): string => new Date(time).toISOString();

const toSeconds = (milliseconds: number): number => Math.round(milliseconds / 1000);

/** How long a call rang and was talked, as far as it has come. */
export const durationsOf = ({ startedAt, answeredAt, endedAt }: LiveCall) => ({
  ringSeconds: toSeconds((answeredAt ?? endedAt ?? startedAt) - startedAt),
  talkSeconds: answeredAt === undefined || endedAt === undefined ? 0 : toSeconds(endedAt - answeredAt),
});

/** What the endpoint on this side is doing with the call. */
export const toState = (call: LiveCall, side: Side): CallView['state'] => {
  if (call.endedAt !== undefined) return 'completed';
  if (call[side].isHeld) return 'held';
  // Documented: whoever places a call is connected at once (facts §6.1).
  return call.answeredAt === undefined && side === 'to' ? 'ringing' : 'connected';
};

const toConnectedParty = ({ accountId }: LiveCall, { siteId, userId, name, number }: Party) => ({
  ...(userId !== undefined && { accountId, userId }),
  ...(siteId !== undefined && { siteId }),
  name: name === '' ? number : name,
});

const toTimes = (call: LiveCall) => {
  const { answeredAt, endedAt } = call;
  const { ringSeconds, talkSeconds } = durationsOf(call);
  return {
    createdOn: toIso(call.startedAt),
    completed: endedAt !== undefined && answeredAt !== undefined,
    ...((answeredAt ?? endedAt) !== undefined && { ringTime: ringSeconds }),
    ...(endedAt !== undefined && { endTime: toIso(endedAt), billingTime: talkSeconds }),
  };
};

/** How the endpoint on this side sees the call; undefined where nobody of CloudLink is there. */
export const toCallView = (call: LiveCall, side: Side): CallView | undefined => {
  const { from, to, accountId, sequence } = call;
  const { party, pbxCallId } = call[side];
  if (party.endpointId === undefined || pbxCallId === undefined) return undefined;
  const path = `endpoints/${party.endpointId}/calls/${pbxCallId}`;
  return {
    callId: path,
    accountId,
    ...(party.userId !== undefined && { userId: party.userId }),
    ...(party.siteId !== undefined && { siteId: party.siteId }),
    from: from.party.number,
    fromName: from.party.name,
    ...(from.party.userId !== undefined && { fromPrincipalId: from.party.userId }),
    to: to.party.number,
    toName: to.party.name,
    ...(to.party.userId !== undefined && { toPrincipalId: to.party.userId }),
    fromNumberE164: isE164(from.party.number),
    toNumberE164: isE164(to.party.number),
    state: toState(call, side),
    cause: call.cause,
    direction: side === 'from' ? 'outbound' : 'inbound',
    extraPbxData: {
      calledDevice: to.party.number,
      callTrackingID: `${Math.floor(call.startedAt / 1000)}#${sequence}`,
    },
    sequenceNumber: String(sequence),
    ...(call.answeredAt !== undefined && {
      connectedParty: toConnectedParty(call, call[otherSide(side)].party),
    }),
    ...toTimes(call),
    _links: { self: `/${VERSION}/${path}` },
  };
};
