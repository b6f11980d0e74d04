import type { Switches } from '../switches.ts';
import type { Answer } from './answer.ts';
import { Refusal } from './refusal.ts';
import { given, type Parameters } from './request.ts';
import type { Caller } from './scope.ts';
import type { State } from './state.ts';

/** An object of the API: what its records are called in XML, and what can be done with it. */
export interface PlatformObject {
  readonly element: string;
  /** By the name of the action, in lower case. */
  readonly actions: ReadonlyMap<string, Operation>;
}

export interface Operation {
  /** The parameters documented or seen, for the strict mode. */
  readonly parameters: readonly string[];
  /** Answers, or throws a `Refusal`. */
  run(call: Call): Answer;
}

/** One call of an operation, with all that it may look at. */
export interface Call {
  readonly parameters: Parameters;
  readonly caller: Caller;
  readonly state: State;
  readonly switches: Readonly<Switches>;
  /** Accepts a change, which is made when the write delay is over, and is told the time of that moment. */
  write(change: (time: string) => void): Answer;
}

/** The value of a required parameter; a `Refusal` naming it where it is missing. */
export const required = (parameters: Parameters, name: string): string => {
  const value = given(parameters, name);
  if (value === undefined) throw new Refusal(400, `Missing parameter: ${name}`);
  return value;
};

/** The answer to a write of something that is not there. */
export const missingTarget = ({ switches }: Call, message: string): Answer => {
  if (switches.legacyMissingTarget === 202) return { kind: 'accepted' };
  throw new Refusal(404, message);
};

/** In strict mode, refuses a parameter that is neither documented nor seen. */
export const checkParameters = (
  { parameters: known }: Operation,
  sent: Parameters,
  switches: Readonly<Switches>,
): void => {
  if (!switches.legacyStrictParameters) return;
  const accepted = new Set([...known, 'object', 'action', 'format']);
  const unknown = [...sent.keys()].find((name) => !accepted.has(name));
  if (unknown !== undefined) throw new Refusal(400, `Unknown parameter: ${unknown}`);
};
