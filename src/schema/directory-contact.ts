import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, registerNode, splitKey } from '../global-id.ts';
import { badInput, fold, isGiven, legacyName, searchText, sendableText } from '../input.ts';
import type {
  ContactOwner,
  DirectoryContact as DirectoryContactModel,
  DirectoryContactChange,
  DirectoryContactKey,
} from '../upstream/netsapiens/directory-contact.ts';
import { Domain, domainNameOf } from './domain.ts';
import { LONGEST_TEXT, notNull, optionalText, refuseNoChange, subscriberKeyOf } from './legacy-input.ts';
import { orMissing } from './missing.ts';
import { change, keyArgument, rejections } from './mutation.ts';
import { connectionOf, pageArguments, toConnection, type PageArguments } from './pagination.ts';
import { Subscriber } from './subscriber.ts';
import { SubscriberPresence } from './subscriber-enums.ts';
import { loadSubscriber } from './subscriber-query.ts';

registerNode(
  'DirectoryContact',
  'subscriber',
  /^[^*~%,/\p{Cc}]{1,255}\/(?:[\w-]{1,128}|@[^*~%,/\p{Cc}]{1,255})\/[^*~%,\p{Cc}]{1,255}$/u,
);

/** The owner under which the platform keeps what a whole domain shares (facts §5.7). */
const SHARED = 'domain';

const toKey = (key: string): DirectoryContactKey => {
  const [domain, rest] = splitKey(key);
  const [contact, user] = splitKey(rest);
  return { domain, contact, user };
};

const DirectoryContact = builder.loadableNodeRef('DirectoryContact', {
  id: {
    resolve: ({ domain, key, user }: DirectoryContactModel) => `${domain}/${key}/${user}`,
    description: 'Names this contact towards this gateway.',
  },
  load: async (keys: string[], { netsapiens }: Context) =>
    (await netsapiens.directoryContacts.getMany(keys.map(toKey))).map(
      orMissing('The subscriber API has no such contact', 'subscriber'),
    ),
});

DirectoryContact.implement({
  description:
    'An entry of an address book of the legacy platform: of a subscriber, of a whole domain, or a colleague. Source: ' +
    '`object=contact&action=read`.',
  fields: (t) => ({
    contactId: t.exposeString('contactId', { description: "The platform's own id; null for a colleague." }),
    isShared: t.boolean({
      nullable: false,
      description: 'Whether it is in the directory that the whole domain shares.',
      resolve: ({ user }) => user.toLowerCase() === SHARED,
    }),
    name: t.string({
      description: 'First, middle and last name.',
      resolve: ({ firstName, middleName, lastName }) =>
        [firstName, middleName, lastName].filter((part) => part !== null).join(' ') || null,
    }),
    firstName: t.exposeString('firstName', { description: 'First name.' }),
    middleName: t.exposeString('middleName', { description: 'Middle name.' }),
    lastName: t.exposeString('lastName', { description: 'Last name.' }),
    company: t.exposeString('company', { description: 'Where they work.' }),
    workPhone: t.exposeString('workPhone', { description: 'Number at work; the extension of a colleague.' }),
    cellPhone: t.exposeString('cellPhone', { description: 'Mobile number.' }),
    homePhone: t.exposeString('homePhone', { description: 'Number at home.' }),
    fax: t.exposeString('fax', { description: 'Fax number.' }),
    email: t.exposeString('email', { description: 'E-mail address.' }),
    tags: t.exposeStringList('tags', { nullable: false, description: 'Words it was marked with.' }),
    presence: t.field({
      type: SubscriberPresence.type,
      description: 'State of the line of a colleague (assumed, A-11); null for everybody else.',
      resolve: ({ presence }) => SubscriberPresence.read(presence),
    }),
    presenceText: t.exposeString('presence', { description: 'The state in the words of the platform.' }),
    colleague: t.field({
      type: Subscriber,
      description:
        'The subscriber that a colleague is; null for everybody else. Costs one upstream request, or one for a whole domain ' +
        'where three or more of it are asked for.',
      resolve: ({ domain, colleague }, _args, context, info) =>
        colleague === null ? null : loadSubscriber({ domain, user: colleague }, context, info),
    }),
  }),
});

const DirectoryContactConnection = connectionOf(DirectoryContact, {
  name: 'DirectoryContact',
  plural: 'contacts',
  total: 'How many contacts match. Costs nothing: the address book was read as a whole.',
});

const searchArgument = builder.args((t) => ({
  search: t.string({
    description: 'A part of a name, company, number or e-mail address. Letter case does not matter.',
  }),
}));

const bookArguments = {
  ...builder.args((t) => ({
    includeColleagues: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether everybody else in the domain is listed, too, with the state of their lines.',
    }),
  })),
  ...searchArgument,
  ...pageArguments,
};

const matches =
  (text: string) =>
  ({ firstName, middleName, lastName, ...contact }: DirectoryContactModel): boolean =>
    [
      [firstName, middleName, lastName].filter((part) => part !== null).join(' '),
      contact.company,
      contact.workPhone,
      contact.cellPhone,
      contact.homePhone,
      contact.email,
    ].some((value) => fold(value ?? '').includes(text));

interface BookArguments extends PageArguments {
  readonly includeColleagues?: boolean;
  readonly search?: string | null | undefined;
}

/** Pages are cut on our side: how to skip is not documented here (facts §5.7). */
const list = async (
  owner: ContactOwner,
  { includeColleagues = false, search, ...args }: BookArguments,
  { netsapiens }: Context,
) => {
  const keep = isGiven(search) ? matches(searchText('search', search)) : () => true;
  let count = 0;
  return toConnection(
    ['directoryContacts', owner.domain, owner.user, includeColleagues, search],
    args,
    async ({ first, offset }) => {
      const all = (await netsapiens.directoryContacts.listAll(owner, includeColleagues)).filter(keep);
      count = all.length;
      return {
        items: all.slice(offset, offset + first).map((value, index) => ({ value, next: offset + index + 1 })),
        hasNextPage: all.length > offset + first,
      };
    },
    async () => count,
  );
};

const COST = 'By last name. Costs one upstream request for each address book, of up to 1,000 contacts.';

builder.objectField(Subscriber, 'contacts', (t) =>
  t.field({
    type: DirectoryContactConnection,
    description: `The subscriber's own contacts. ${COST}`,
    extensions: { reads: ['user', 'domain'] },
    args: bookArguments,
    resolve: ({ domain, user }, args, context) => list({ domain, user }, args, context),
  }),
);

builder.objectField(Domain, 'sharedContacts', (t) =>
  t.field({
    type: DirectoryContactConnection,
    description: `The contacts that everybody in the domain shares. ${COST}`,
    args: { ...searchArgument, ...pageArguments },
    resolve: ({ name }, args, context) => list({ domain: name, user: SHARED }, args, context),
  }),
);

builder.queryFields((t) => ({
  directoryContacts: t.field({
    type: DirectoryContactConnection,
    description: `The contacts of a subscriber, or those that a whole domain shares where no extension is given. ${COST}`,
    args: {
      domain: t.arg.string({ description: "Name of a domain; the caller's own where absent." }),
      extension: t.arg.string({ description: 'Whose contacts; the shared ones where absent.' }),
      ...bookArguments,
    },
    resolve: async (_root, { domain, extension, ...args }, context) => {
      const user = isGiven(extension) ? legacyName('extension', extension) : SHARED;
      return list({ domain: await domainNameOf(domain, context), user }, args, context);
    },
  }),
}));

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
    middleName: t.string({ description: 'Middle name.' }),
    company: t.string({ description: 'Where they work.' }),
    workPhone: t.string({ description: 'Number at work.' }),
    cellPhone: t.string({ description: 'Mobile number.' }),
    homePhone: t.string({ description: 'Number at home.' }),
    fax: t.string({ description: 'Fax number.' }),
    email: t.string({ description: 'E-mail address.' }),
    tags: t.stringList({ description: 'Words to mark it with.' }),
  }),
});

const UpdateDirectoryContactInput = builder.inputType('UpdateDirectoryContactInput', {
  description: 'What to change of a contact. What is left out stays as it is; null takes a value away.',
  fields: (t) => ({
    contact: t.id({ required: true, description: 'The `id` of a DirectoryContact.' }),
    firstName: t.string({ description: 'First name; cannot be taken away.' }),
    lastName: t.string({ description: 'Last name; cannot be taken away.' }),
    middleName: t.string({ description: 'Middle name.' }),
    company: t.string({ description: 'Where they work.' }),
    workPhone: t.string({ description: 'Number at work.' }),
    cellPhone: t.string({ description: 'Mobile number.' }),
    homePhone: t.string({ description: 'Number at home.' }),
    fax: t.string({ description: 'Fax number.' }),
    email: t.string({ description: 'E-mail address.' }),
    tags: t.stringList({ description: 'Words to mark it with.' }),
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
  const key = toKey(keyOf('DirectoryContact', id, 'contact'));
  if (!key.contact.startsWith('@')) return key;
  throw badInput('contact', 'is a colleague, not a contact: use updateSubscriber or deleteSubscriber.');
};

const LOOKS =
  'and one for each look at whether the change shows: up to five within 3.5 seconds, then ACCEPTED_NOT_VISIBLE.';

const forgetContacts = (context: Context): void => {
  DirectoryContact.getDataloader(context).clearAll();
};

builder.mutationFields((t) => ({
  createDirectoryContact: t.field({
    type: DirectoryContact,
    errors: rejections,
    description:
      'Makes a contact of a subscriber or of a whole domain. Upstream does not always tell its id, so that the contacts of ' +
      `the same name are read before. Costs two upstream requests ${LOOKS}`,
    args: {
      input: t.arg({ type: CreateDirectoryContactInput, required: true, description: 'What it shall be.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { subscriber, domain, ...input } }, context) => {
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
    description: `Changes a contact. Its names have to be sent along, so that it is read before. Costs two upstream requests ${LOOKS}`,
    args: {
      input: t.arg({ type: UpdateDirectoryContactInput, required: true, description: 'What to change.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { contact, ...input } }, context) => {
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
    description: `Deletes a contact. Its names have to be sent along, so that it is read before. Costs two upstream requests ${LOOKS}`,
    args: {
      input: t.arg({ type: DeleteDirectoryContactInput, required: true, description: 'Which one.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { contact } }, context) => {
      await context.netsapiens.directoryContacts.remove(keyOfContact(contact));
      forgetContacts(context);
      return contact;
    }),
  }),
}));
