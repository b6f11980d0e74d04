import { builder, type BuilderTypes } from '../builder.ts';
import { emailAddress, isGiven } from '../input.ts';
import type { UserChange } from '../upstream/cloudlink/user-change.ts';
import { ownIdIn } from './account-key.ts';
import { LONGEST_TEXT, notNull, optionalText, refuseNoChange } from './legacy-input.ts';
import { UserRole } from './user.ts';

const NewUserRole = UserRole.closed(
  'NewUserRole',
  'What a CloudLink user may do, to be set. Nobody hands out more than they have.',
);

const SHORTEST = `1 to ${LONGEST_TEXT} characters`;

const settings = (t: PothosSchemaTypes.InputFieldBuilder<BuilderTypes, 'InputObject'>) => ({
  name: t.string({ description: `Full name, ${SHORTEST}.` }),
  displayName: t.string({ description: `The name to show, where it is another one, ${SHORTEST}.` }),
  firstName: t.string({ description: `First name, ${SHORTEST}.` }),
  lastName: t.string({ description: `Last name, ${SHORTEST}.` }),
  role: t.field({ type: NewUserRole, description: 'What they may do; an ordinary user where never set.' }),
  extension: t.string({ description: `Extension number in the PBX, ${SHORTEST}.` }),
  phone: t.string({ description: `Phone number, ${SHORTEST}.` }),
  mobile: t.string({ description: `Mobile number, ${SHORTEST}.` }),
  site: t.id({ description: 'The `id` of a Site of the same account: where they work.' }),
});

export const CreateUserInput = builder.inputType('CreateUserInput', {
  description: 'A new user. What is left out is left to CloudLink.',
  fields: (t) => ({
    account: t.id({ description: "The `id` of an Account; the caller's own where absent." }),
    email: t.string({ required: true, description: 'E-mail address, unique in the account.' }),
    ...settings(t),
  }),
});

export const UpdateUserInput = builder.inputType('UpdateUserInput', {
  description:
    'What to change of a user. What is left out stays as it is; null takes a value away (assumed).',
  fields: (t) => ({
    user: t.id({ required: true, description: 'The `id` of a User.' }),
    email: t.string({ description: 'E-mail address, unique in the account.' }),
    ...settings(t),
  }),
});

export const DeleteUserInput = builder.inputType('DeleteUserInput', {
  description: 'A user to delete.',
  fields: (t) => ({ user: t.id({ required: true, description: 'The `id` of a User.' }) }),
});

const textFields = ['name', 'displayName', 'firstName', 'lastName', 'extension', 'phone', 'mobile'] as const;

type Settings = Omit<typeof UpdateUserInput.$inferInput, 'user'>;

/** What to set, as it may be sent; `argument` is where the input stands in that of the mutation. */
export const toUserChange = (
  accountId: string,
  { email, role, site, ...texts }: Settings,
  argument = '',
): UserChange => {
  const at = (name: string) => (argument === '' ? name : `${argument}.${name}`);
  const address = notNull(at('email'), email);
  const newRole = notNull(at('role'), role);
  return {
    ...Object.fromEntries(textFields.map((name) => [name, optionalText(at(name), texts[name])])),
    email: address === undefined ? undefined : emailAddress(at('email'), address),
    role: newRole === undefined ? undefined : (UserRole.write(newRole) ?? undefined),
    siteId: isGiven(site) ? ownIdIn(accountId, 'Site', site, at('site')) : optionalText(at('site'), site),
  };
};

/** The same for a user who is there already, of whom something must be changed. */
export const toUserUpdate = (accountId: string, input: Settings, argument = ''): UserChange => {
  const change = toUserChange(accountId, input, argument);
  refuseNoChange({ ...change }, argument === '' ? 'input' : argument);
  return change;
};
