import type { LoggedRequest } from '../../src/sandbox/requests.ts';
import { callOf } from './call.ts';
import { shapesOf, type Shape } from './hostile-shape.ts';
import { differences, kindsOf, replaced, toTrace, wildcardsIn, type Trace } from './hostile-trace.ts';
import { withText, type TextArgument } from './text-argument.ts';
import { isWrite } from './write.ts';

interface Answer {
  readonly data?: unknown;
  readonly errors: readonly { readonly extensions: Readonly<Record<string, unknown>> }[];
}

/** Sends operations and tells what they made the gateway ask upstream. */
export interface Target {
  send(query: string, variables: object, requestId: string): Promise<Answer>;
  /** The requests since the last call. */
  take(): Promise<readonly LoggedRequest[]>;
}

/** What a walk has to be told of an argument that no example shows. */
export interface Hint {
  /** The other arguments, in place of those of an example. */
  readonly base?: Readonly<Record<string, unknown>>;
  /** Parameters that follow from the text, such as its length, or from the time. */
  readonly derived?: readonly string[];
  /** Whether it takes nothing but what was given out: every text is refused. */
  readonly isOpaque?: boolean;
  /** Where the field is to be found, for one that is not at the top. */
  readonly around?: (call: string) => string;
}

/** What became of one text. */
interface Sent {
  readonly text: string;
  readonly answer: Answer | undefined;
  readonly trace: Trace;
  readonly hasWrite: boolean;
}

const send = async (
  target: Target,
  argument: TextArgument,
  shape: Shape,
  texts: readonly string[],
  { base, around = (call) => call }: Hint,
): Promise<readonly Sent[]> => {
  const answers = new Map<string, Answer>();
  const waiting = [...texts.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, text] = next;
      const { query, variables } = callOf(
        argument.parent,
        argument.field,
        withText(argument, shape.encode(text), base),
        around,
      );
      answers.set(`walk-${index}`, await target.send(query, variables, `walk-${index}`));
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  const requests = Map.groupBy(await target.take(), ({ headers }) => String(headers['x-request-id']));
  return texts.map((text, index) => {
    const own = requests.get(`walk-${index}`) ?? [];
    return { text, answer: answers.get(`walk-${index}`), trace: toTrace(own), hasWrite: own.some(isWrite) };
  });
};

const refusals: ReadonlySet<unknown> = new Set(['BAD_USER_INPUT', 'CURSOR_UNKNOWN']);

const isRefusal = (answer: Answer | undefined): boolean =>
  JSON.stringify(answer?.data ?? null).includes('"Rejection"') ||
  (answer?.errors ?? []).some(({ extensions }) => refusals.has(extensions['code']));

const isBroken = (answer: Answer | undefined): boolean =>
  answer === undefined ||
  answer.errors.some(({ extensions }) => extensions['code'] === 'INTERNAL_SERVER_ERROR');

/** What is asked upstream to get to the field: all that is asked where it is refused. */
const traceAround = async (target: Target, { around }: Hint): Promise<Trace> => {
  if (around === undefined) return new Map();
  await target.send(`{ ${around('__typename')} }`, {}, 'around');
  return toTrace(await target.take());
};

export interface Miss {
  readonly argument: string;
  readonly text: string;
  readonly places: readonly string[];
}

export interface Walked {
  /** In how many ways a harmless text is taken; without one the argument has not been tried at all. */
  readonly shapes: number;
  readonly sent: number;
  readonly refused: number;
  readonly misses: readonly Miss[];
}

/**
 * Writes hostile texts into an argument and compares what is asked upstream with what a harmless text in the same place
 * asks: the same requests with the same parameters, each text letter by letter where the harmless one was, or nothing.
 */
export const walkArgument = async (
  target: Target,
  argument: TextArgument,
  texts: readonly string[],
  hint: Hint = {},
): Promise<Walked> => {
  const { derived = [], isOpaque = false } = hint;
  const outer = await traceAround(target, hint);
  // Every write is refused where it arrives, so that only what was sent tells whether it was refused before.
  const isWritten = argument.parent === 'Mutation' || argument.parent === 'Subscription';
  const walked = { shapes: 0, sent: 0, refused: 0, misses: [] as Miss[] };
  /** What harmless texts ask for, in every shape; and what those ask for that may name something else. */
  const known = new Set<string>();
  const elsewhere: Sent[] = [];

  /** Whether the shape is taken at all; then with all that went wrong in it. */
  const tryShape = async (shape: Shape): Promise<boolean> => {
    const [plain, again] = await send(target, argument, shape, [shape.mark, shape.mark], hint);
    if (plain === undefined || again === undefined) return false;
    const isMarked = [...plain.trace].flat().some((part) => part.includes(shape.mark));
    const isTaken = isWritten ? plain.hasWrite || isMarked : !isRefusal(plain.answer);
    if (!isTaken && !isOpaque) return false;
    // What differs between two equal calls, such as an id that is made anew, says nothing.
    const isDerived = (place: string) => derived.some((name) => place.endsWith(`:${name}`));
    const free = new Set([
      ...differences(plain.trace, again.trace, new Set()),
      ...[...plain.trace.keys()].filter(isDerived),
    ]);
    const findMisses = ({ text, answer, trace, hasWrite }: Sent): readonly string[] => {
      if (isBroken(answer)) return ['a fault of the gateway'];
      if (isOpaque && !isRefusal(answer)) return ['a text that was never given out'];
      // What is only looked for must not be widened; in what is written an asterisk may be a word like any other.
      const widened = argument.parent === 'Mutation' ? [] : wildcardsIn(trace, plain.trace);
      if (widened.length > 0) return widened;
      const value = shape.decode(text);
      if (!isMarked || (argument.isId && /[/ ,]/.test(text))) {
        elsewhere.push({ text, answer, trace, hasWrite });
        return [];
      }
      const isPart = (place: string) => {
        // What is empty may also be left out.
        const part = trace.get(place) ?? (value === '' ? '' : undefined);
        return plain.trace.has(place) && part !== undefined && shape.hasPart?.(text, part) === true;
      };
      const tries = [value, value.trim()].map((sent) =>
        differences(trace, replaced(plain.trace, shape.mark, sent), free).filter((place) => !isPart(place)),
      );
      return tries.find(({ length }) => length === 0) ?? tries[0] ?? [];
    };
    const written = texts.map((text, index) => (index % 2 === 0 ? text : shape.around(text)));
    for (const sent of await send(target, argument, shape, written, hint)) {
      const isRefused = isRefusal(sent.answer) && differences(sent.trace, outer, new Set()).length === 0;
      walked[isRefused ? 'refused' : 'sent'] += 1;
      const places = isRefused ? [] : findMisses(sent);
      if (places.length > 0) walked.misses.push({ argument: argument.name, text: sent.text, places });
    }
    for (const kind of kindsOf(plain.trace)) known.add(kind);
    walked.shapes += 1;
    return true;
  };

  for (const [first, ...others] of shapesOf(argument, hint.base)) {
    if (first === undefined || !(await tryShape(first))) continue;
    for (const other of others) await tryShape(other);
    if (!argument.isId) break;
  }
  // It may name something else, or be found sooner on our side: what is asked for then is what other harmless texts ask.
  for (const { text, trace } of elsewhere) {
    const places = [...kindsOf(trace)].filter((kind) => !known.has(kind));
    if (places.length > 0) walked.misses.push({ argument: argument.name, text, places });
  }
  return walked;
};
