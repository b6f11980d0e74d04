import { builder } from '../builder.ts';
import { badInput, sendableText } from '../input.ts';
import {
  CALL_DESCRIPTION,
  CommandedCall,
  commandMutation,
  control,
  COST,
  isAnything,
} from './call-command.ts';
import { change, keyArgument, rejections } from './mutation.ts';

const RecordingTag = builder.inputType('RecordingTagInput', {
  description: 'A word that is kept with a recording, under a name.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name, 1 to 64 characters; each once.' }),
    value: t.string({ required: true, description: 'The value, 1 to 256 characters.' }),
  }),
});

const MOST_TAGS = 20;

const TagRecordingInput = builder.inputType('TagRecordingInput', {
  description: 'Words to keep with what is being recorded of a call.',
  fields: (t) => ({
    call: t.id({ required: true, description: CALL_DESCRIPTION }),
    tags: t.field({ type: [RecordingTag], required: true, description: `The words, 1 to ${MOST_TAGS}.` }),
  }),
});

/** Upstream takes the pairs as JSON in a text (facts §6.1). */
const toTags = (tags: readonly (typeof RecordingTag.$inferInput)[]): string => {
  if (tags.length < 1 || tags.length > MOST_TAGS)
    throw badInput('tags', `must hold 1 to ${MOST_TAGS} tags, not ${tags.length}.`);
  const pairs = tags.map(({ name, value }, index): [string, string] => [
    sendableText(`tags.${index}.name`, name, 64),
    sendableText(`tags.${index}.value`, value, 256),
  ]);
  const names = pairs.map(([name]) => name);
  const double = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (double >= 0) throw badInput(`tags.${double}.name`, 'is there already: each name must be there once.');
  return JSON.stringify(Object.fromEntries(pairs));
};

commandMutation('pauseRecording', {
  action: 'pauseRecording',
  isDone: isAnything,
  call: 'A call of which nothing is to be recorded for a while.',
  description:
    'Stops recording a call for a while. CloudLink does not tell whether a call is being recorded.',
});

commandMutation('resumeRecording', {
  action: 'resumeRecording',
  isDone: isAnything,
  call: 'A call that is to be recorded again.',
  description: 'Goes on recording a call. CloudLink does not tell whether a call is being recorded.',
});
builder.mutationField('tagRecording', (t) =>
  t.field({
    type: CommandedCall,
    description: `Keeps words with what is being recorded of a call. CloudLink takes them and shows them nowhere. ${COST}`,
    errors: rejections,
    args: {
      input: t.arg({
        type: TagRecordingInput,
        required: true,
        description: 'Which call, and which words.',
      }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) =>
      control(input.call, { action: 'tagRecording', args: toTags(input.tags) }, isAnything, context),
    ),
  }),
);
