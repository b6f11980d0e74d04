import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { registerNode, splitKey } from '../global-id.ts';
import { fold, isGiven, legacyName, searchText } from '../input.ts';
import type {
  ContactOwner,
  DirectoryContact as DirectoryContactModel,
  DirectoryContactKey,
} from '../upstream/netsapiens/directory-contact.ts';
import { Domain, domainNameOf } from './domain.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import { orMissing } from './missing.ts';
import { connectionOf, pageArguments, pageOfAll, toConnection, type PageArguments } from './pagination.ts';
import { Subscriber } from './subscriber.ts';
import { SubscriberPresence } from './subscriber-enums.ts';
import { loadSubscriber } from './subscriber-query.ts';

registerNode(
  'DirectoryContact',
  'subscriber',
  /^[^*~%,/\p{Cc}]{1,255}\/(?:[\w-]{1,128}|@[^*~%,/\p{Cc}]{1,255})\/[^*~%,\p{Cc}]{1,255}$/u,
);

/** The owner under which the platform keeps what a whole domain shares (facts §5.7). */
export const SHARED = 'domain';

export const toDirectoryContactKey = (key: string): DirectoryContactKey => {
  const [domain, rest] = splitKey(key);
  const [contact, user] = splitKey(rest);
  return { domain, contact, user };
};

export const DirectoryContact = builder.loadableNodeRef('DirectoryContact', {
  id: {
    resolve: ({ domain, key, user }: DirectoryContactModel) => `${domain}/${key}/${user}`,
    description: 'Names this contact towards this gateway.',
  },
  load: async (keys: string[], { netsapiens }: Context) =>
    (await netsapiens.directoryContacts.getMany(keys.map(toDirectoryContactKey))).map(
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
  of: 'subscriber',
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
    async (page) => {
      const all = (await netsapiens.directoryContacts.listAll(owner, includeColleagues)).filter(keep);
      count = all.length;
      return pageOfAll(all, page);
    },
    async () => count,
  );
};

const COST = `By last name. Costs one upstream request for each address book, of up to 1,000 contacts. ${ROUND_COUNT}`;

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
      // Refused before anybody is asked which domain is the caller's.
      if (isGiven(args.search)) searchText('search', args.search);
      return list({ domain: await domainNameOf(domain, context), user }, args, context);
    },
  }),
}));
