import { builder, type InputFields } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf } from '../global-id.ts';
import { badInput, isGiven, sendableText } from '../input.ts';
import type {
  DirectoryContactChange,
  DirectoryContactKey,
} from '../upstream/netsapiens/directory-contact.ts';
import { DirectoryContact, SHARED, toDirectoryContactKey } from './directory-contact.ts';
import { domainNameOf } from './domain.ts';
import { LONGEST_TEXT, notNull, optionalText, refuseNoChange, UNTIL_IT_SHOWS } from './legacy-input.ts';
import { subscriberKeyOf } from './legacy-key.ts';
import { keyArgument, legacyChange, rejections } from './mutation.ts';

/** What can be set of a contact beside the names that it must have. */
const detailsOf = (t: InputFields) => ({
  middleName: t.string({ description: 'Middle name.' }),
  company: t.string({ description: 'Where they work.' }),
  workPhone: t.string({ description: 'Number at work.' }),
  cellPhone: t.string({ description: 'Mobile number.' }),
  homePhone: t.string({ description: 'Number at home.' }),
  fax: t.string({ description: 'Fax number.' }),
  email: t.string({ description: 'E-mail address.' }),
  tags: t.stringList({ description: 'Words to mark it with.' }),
});

const CreateDirectoryContactInput = builder.inputType('CreateDirectoryContactInput', {
  description: 'A new contact.',
  fields: (t) => ({
    subscriber: t.id({
      description: 'The `id` of the Subscriber whose contact it shall be; the domain shares it where absent.',
    }),
    domain: t.string({
      description:
        "Name of the domain that shall share it; the caller's own where absent. Goes without `subscriber`.",
    }),
    firstName: t.string({ required: true, description: 'First name.' }),
    lastName: t.string({ required: true, description: 'Last name.' }),
    ...detailsOf(t),
  }),
});

const UpdateDirectoryContactInput = builder.inputType('UpdateDirectoryContactInput', {
  description: 'What to change of a contact. What is left out stays as it is; null takes a value away.',
  fields: (t) => ({
    contact: t.id({ required: true, description: 'The `id` of a DirectoryContact.' }),
    firstName: t.string({ description: 'First name; cannot be taken away.' }),
    lastName: t.string({ description: 'Last name; cannot be taken away.' }),
    ...detailsOf(t),
  }),
});

const DeleteDirectoryContactInput = builder.inputType('DeleteDirectoryContactInput', {
  description: 'A contact to delete.',
  fields: (t) => ({
    contact: t.id({ required: true, description: 'The `id` of a DirectoryContact.' }),
  }),
});

const toTags = (tags: readonly string[] | null | undefined): string | undefined => {
  if (tags === undefined) return undefined;
  return (tags ?? [])
    .map((tag, index) => {
      if (tag.includes(',')) throw badInput(`tags.${index}`, 'must be one word or several, without commas.');
      return sendableText(`tags.${index}`, tag, LONGEST_TEXT);
    })
    .join(',');
};

const toChange = (
  input: Omit<typeof UpdateDirectoryContactInput.$inferInput, 'contact'>,
): DirectoryContactChange => ({
  firstName: optionalText('firstName', notNull('firstName', input.firstName)),
  lastName: optionalText('lastName', notNull('lastName', input.lastName)),
  middleName: optionalText('middleName', input.middleName),
  company: optionalText('company', input.company),
  workPhone: optionalText('workPhone', input.workPhone),
  cellPhone: optionalText('cellPhone', input.cellPhone),
  homePhone: optionalText('homePhone', input.homePhone),
  fax: optionalText('fax', input.fax),
  email: optionalText('email', input.email),
  tags: toTags(input.tags),
});

/** The contact that an id names. A colleague is a subscriber, and is changed as one. */
const keyOfContact = (id: string): DirectoryContactKey => {
  const key = toDirectoryContactKey(keyOf('DirectoryContact', id, 'contact'));
  if (!key.contact.startsWith('@')) return key;
  throw badInput('contact', 'is a colleague, not a contact: use updateSubscriber or deleteSubscriber.');
};

const forgetContacts = (context: Context): void => {
  DirectoryContact.getDataloader(context).clearAll();
};

builder.mutationFields((t) => ({
  createDirectoryContact: t.field({
    type: DirectoryContact,
    errors: rejections,
    description:
      'Makes a contact of a subscriber or of a whole domain. Upstream does not always tell its id, so that the contacts of ' +
      `the same name are read before. Costs two upstream requests and ${UNTIL_IT_SHOWS}`,
    args: {
      input: t.arg({ type: CreateDirectoryContactInput, required: true, description: 'What it shall be.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { subscriber, domain, ...input } }, context) => {
      const wanted = toChange(input);
      if (isGiven(subscriber) && isGiven(domain)) throw badInput('domain', 'goes without `subscriber`.');
      const owner = isGiven(subscriber)
        ? subscriberKeyOf(subscriber, 'subscriber')
        : { domain: await domainNameOf(domain, context), user: SHARED };
      const made = await context.netsapiens.directoryContacts.create(owner, wanted);
      forgetContacts(context);
      return made;
    }),
  }),
  updateDirectoryContact: t.field({
    type: DirectoryContact,
    errors: rejections,
    description: `Changes a contact. Its names have to be sent along, so that it is read before. Costs two upstream requests and ${UNTIL_IT_SHOWS}`,
    args: {
      input: t.arg({ type: UpdateDirectoryContactInput, required: true, description: 'What to change.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { contact, ...input } }, context) => {
      const key = keyOfContact(contact);
      const wanted = toChange(input);
      refuseNoChange({ ...wanted });
      const changed = await context.netsapiens.directoryContacts.update(key, wanted);
      forgetContacts(context);
      return changed;
    }),
  }),
  deleteDirectoryContact: t.field({
    type: 'ID',
    errors: rejections,
    description: `Deletes a contact. Its names have to be sent along, so that it is read before. Costs two upstream requests and ${UNTIL_IT_SHOWS}`,
    args: {
      input: t.arg({ type: DeleteDirectoryContactInput, required: true, description: 'Which one.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { contact } }, context) => {
      await context.netsapiens.directoryContacts.remove(keyOfContact(contact));
      forgetContacts(context);
      return contact;
    }),
  }),
}));
