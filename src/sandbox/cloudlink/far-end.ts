import type { LiveCall, Party } from './live-call.ts';

const ANSWER_MS = 3000;
const REFUSAL_MS = 1000;
const RING_SECONDS = 30;

/** What the PBX knows about whoever is called. */
export interface FarEnd {
  readonly party: Party;
  /** Why nobody's phone will ring. */
  readonly refusal?: string;
}

/** Numbers outside answer by themselves, and so does every colleague whose extension is even. */
const answersByItself = ({ endpointId }: Party): boolean =>
  endpointId === undefined || /[02468]$/.test(endpointId);

/** What will happen to a call that begins now and that nobody touches. `ringSeconds` 0 is the usual time. */
export const expectFarEnd = (
  { party, refusal }: FarEnd,
  now: number,
  ringSeconds: number,
): NonNullable<LiveCall['due']> => {
  if (refusal !== undefined) return { at: now + REFUSAL_MS, cause: refusal };
  const patience = (ringSeconds === 0 ? RING_SECONDS : ringSeconds) * 1000;
  if (answersByItself(party) && ANSWER_MS < patience) return { at: now + ANSWER_MS };
  return { at: now + patience, cause: 'callNotAnswer' };
};
