import type { Switches } from '../switches.ts';
import type { Answer } from './answer.ts';
import { Refusal } from './refusal.ts';
import { given, type Format, type Parameters } from './request.ts';
import type { Caller } from './caller.ts';
import type { State } from './state.ts';

/** An object of the API: what its records are called in XML, and what can be done with it. */
export interface PlatformObject {
  readonly element: string;
  /** By the name of the action, in lower case. */
  readonly actions: ReadonlyMap<string, Operation>;
  /** What can be fetched by GET with a signed link instead of a token. */
  readonly downloads?: ReadonlyMap<string, Download>;
}

export interface Operation {
  /** The parameters documented or seen, for the strict mode. */
  readonly parameters: readonly string[];
  /** Answers, or throws a `Refusal`. */
  run(call: Call): Answer;
}

/** A download by GET. It asks for no token: the address carries its own credential (facts §5.9, §5.10). */
export type Download = (request: DownloadRequest) => Media;

export interface DownloadRequest {
  readonly parameters: Parameters;
  readonly state: State;
}

export interface Media {
  readonly type: string;
  readonly content: Buffer;
}

/** One call of an operation, with all that it may look at. */
export interface Call {
  readonly parameters: Parameters;
  readonly caller: Caller;
  /** When the caller's token ends. */
  readonly tokenExpires: number;
  readonly format: Format;
  readonly state: State;
  readonly switches: Readonly<Switches>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Where the platform was reached, for the links it gives: scheme and host. */
  readonly origin: string;
  /** Accepts a change, which is made when the write delay is over, and is told the time of that moment. */
  write(change: (time: string) => void): Answer;
}

/** The actions of an object by their names. */
export const actionsOf = (actions: Readonly<Record<string, Operation>>): ReadonlyMap<string, Operation> =>
  new Map(Object.entries(actions));

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

/** The refusal of a create of something that is there already. */
export const duplicate = ({ switches }: Call, message: string): Refusal =>
  new Refusal(switches.legacyDuplicate, message);

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
