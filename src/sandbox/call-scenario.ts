import type { CallSide } from './company-call.ts';
import type { Company, Person } from './company.ts';
import { callSteps, type CallStep, type ScriptedCall } from './exchange.ts';
import { flag, InputError, integer, oneOf, optional, readFields, text, type Field } from './input.ts';

/** A call that is played on both platforms, step by step. */
export interface CallScenario {
  readonly call: ScriptedCall;
  readonly steps: readonly CallStep[];
  /** The time between two steps. */
  readonly stepMs: number;
}

const usualSteps: readonly CallStep[] = ['connected', 'held', 'connected', 'completed'];
const USUAL_STEP_MS = 2000;
const LONGEST_STEP_MS = 3_600_000;

const step = oneOf(callSteps);

const steps: Field<readonly CallStep[]> = {
  expects: `a list that ends in "completed", each ${step.expects}`,
  accepts: (value): value is readonly CallStep[] =>
    Array.isArray(value) && value.every(step.accepts) && value.indexOf('completed') === value.length - 1,
};

const isNumber = (name: string): boolean => /^\+[1-9]\d{6,14}$/.test(name);

/** By extension, with the domain or without, or by an e-mail address of either platform. */
const isNamed = ({ extension, domain, cloudlink, legacy }: Person, name: string): boolean =>
  [extension, `${extension}@${domain}`, cloudlink?.email, legacy?.email].includes(name);

const toColleague = (person: Person): CallSide => ({
  number: person.extension,
  name: `${person.firstName} ${person.lastName}`,
  person,
});

/** Who is meant among these people; undefined where it is nobody and no number either. */
const findSide = (people: readonly Person[], name: string): CallSide | undefined => {
  const person = people.find((one) => isNamed(one, name));
  if (person !== undefined) return toColleague(person);
  return isNumber(name) ? { number: name, name: '', person: null } : undefined;
};

const requireSide = ({ people }: Company, field: string, name: string): void => {
  if (findSide(people, name) !== undefined) return;
  throw new InputError(
    `"${field}" of the call must be an extension, extension@domain, an e-mail address or a number with a plus.`,
  );
};

/** The first account that has both ends, at least one of them somebody of its own: extensions may be in several. */
const findCall = (company: Company, names: { readonly from: string; readonly to: string }) => {
  for (const account of company.accounts) {
    const people = company.people.filter(({ accountId }) => accountId === account.accountId);
    const [from, to] = [findSide(people, names.from), findSide(people, names.to)];
    if (from !== undefined && to !== undefined && (from.person ?? to.person) !== null)
      return { account, from, to };
  }
  throw new InputError(
    'One end of the call must be somebody of the company, the other a colleague or a number.',
  );
};

/** A call as the control surface takes it; throws an InputError that says what is allowed. */
export const parseCallScenario = (value: unknown, company: Company): CallScenario => {
  const wish = readFields('the call', value, {
    from: text,
    to: text,
    fromName: optional(text),
    steps: optional(steps),
    stepMs: optional(integer(0, LONGEST_STEP_MS)),
    record: optional(flag),
  });
  requireSide(company, 'from', wish.from);
  requireSide(company, 'to', wish.to);
  const { account, from, to } = findCall(company, wish);
  if (from.person === to.person) throw new InputError('Nobody can call themselves.');
  const { fromName = from.name, record: isRecorded = true } = wish;
  return {
    call: { account, from: { ...from, name: fromName }, to, isRecorded },
    steps: wish.steps ?? usualSteps,
    stepMs: wish.stepMs ?? USUAL_STEP_MS,
  };
};
