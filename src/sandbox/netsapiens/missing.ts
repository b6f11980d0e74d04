import type { Answer } from './answer.ts';
import type { Call } from './operation.ts';
import { Refusal } from './refusal.ts';

/** the answer to a change of something that is not there. */
export const missingTarget = ({ switches }: Pick<Call, 'switches'>, what: string): Answer => {
  if (switches.legacyMissingTarget === 202) return { kind: 'accepted' };
  throw new Refusal(404, `No such ${what}.`);
};

/** the refusal of a create of something that is there already. */
export const duplicate = ({ switches }: Pick<Call, 'switches'>, what: string): Refusal =>
  new Refusal(switches.legacyDuplicate, `The ${what} exists already.`);
