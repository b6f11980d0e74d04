import { GraphQLError } from 'graphql';
import { builder } from '../builder.ts';
import { badInput } from '../input.ts';
import type { SignedIn } from '../sessions.ts';

const CloudlinkSignIn = builder.inputType('CloudlinkSignInInput', {
  description: 'A CloudLink login.',
  fields: (t) => ({
    username: t.string({ required: true, description: 'E-mail address of the user.' }),
    password: t.string({ required: true, description: 'Its password.' }),
    accountId: t.string({
      description: 'The account, as its 9-digit number or its GUID. Needed by users of several accounts.',
    }),
  }),
});

const SubscriberSignIn = builder.inputType('SubscriberSignInInput', {
  description: 'A login of the legacy subscriber API.',
  fields: (t) => ({
    username: t.string({ required: true, description: 'Login name, such as `1001@acme.12345.service`.' }),
    password: t.string({ required: true, description: 'Its password.' }),
    passcode: t.string({ description: 'The second factor, asked for by SECOND_FACTOR_REQUIRED.' }),
  }),
});

const SignInInput = builder.inputType('SignInInput', {
  description: 'The logins to combine in one session: either or both.',
  fields: (t) => ({
    cloudlink: t.field({ type: CloudlinkSignIn, description: 'The login for CloudLink.' }),
    subscriber: t.field({ type: SubscriberSignIn, description: 'The login for the legacy subscriber API.' }),
  }),
});

const SignInPayload = builder.objectRef<SignedIn>('SignInPayload').implement({
  description: 'A session of this gateway. The tokens of the platforms stay on the server.',
  fields: (t) => ({
    sessionToken: t.exposeString('token', {
      nullable: false,
      description: 'Opaque. Send it as `Authorization: Bearer …`. It is shown only here.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: false,
      description:
        'When the last part of the session ends unless it is used: tokens are renewed on use. A part ends by itself earlier.',
    }),
    hasCloudlink: t.boolean({
      nullable: false,
      description: 'Whether the session holds a CloudLink part.',
      resolve: ({ session }) => session.cloudlink !== null,
    }),
    hasSubscriber: t.boolean({
      nullable: false,
      description: 'Whether the session holds a part of the legacy subscriber API.',
      resolve: ({ session }) => session.subscriber !== null,
    }),
  }),
});

/** Half a surrogate pair can be sent to no platform: it is refused before either of them is asked. */
const refuseUnsendable = (
  part: string,
  login: Readonly<Record<string, unknown>> | null | undefined,
): void => {
  for (const [name, text] of Object.entries(login ?? {})) {
    if (typeof text === 'string' && !text.isWellFormed())
      throw badInput(`input.${part}.${name}`, 'must be valid Unicode.');
  }
};

const RenewConnectionInput = builder.inputType('RenewConnectionInput', {
  description: 'Tokens of the same principal as before: either or both.',
  fields: (t) => ({
    cloudlinkToken: t.string({ description: 'A CloudLink token, to take the place of the one before.' }),
    subscriberToken: t.string({
      description: 'A token of the legacy subscriber API, to take the place of the one before.',
    }),
  }),
});

const RenewConnectionPayload = builder
  .objectRef<{ readonly expiresAt: Date | null }>('RenewConnectionPayload')
  .implement({
    description: 'A connection that goes on with other tokens.',
    fields: (t) => ({
      expiresAt: t.expose('expiresAt', {
        type: 'DateTime',
        description: 'When the first of these tokens ends; null where no platform says.',
      }),
    }),
  });

const accountPattern = /^(\d{9}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/i;

const notASocket = () =>
  new GraphQLError(
    '`renewConnection` is for a WebSocket. Over HTTP send the new token in the headers of the next request.',
    { extensions: { code: 'BAD_REQUEST' } },
  );

builder.mutationFields((t) => ({
  signIn: t.field({
    type: SignInPayload,
    description:
      'Signs in to either platform or both and answers a session token. Fails as a whole when one of them refuses: ' +
      'UNAUTHENTICATED with what upstream said, SECOND_FACTOR_REQUIRED when a passcode is due, RATE_LIMITED ' +
      'after too many attempts within a minute to one account or from one address. Costs one token request for ' +
      'each part, and one more for a second factor.',
    args: { input: t.arg({ type: SignInInput, required: true, description: 'The logins.' }) },
    resolve: (_root, { input: { cloudlink, subscriber } }, { sessions }) => {
      if (!cloudlink && !subscriber) throw badInput('input', 'must hold `cloudlink`, `subscriber` or both.');
      refuseUnsendable('cloudlink', cloudlink);
      refuseUnsendable('subscriber', subscriber);
      const accountId = cloudlink?.accountId ?? undefined;
      if (accountId !== undefined && !accountPattern.test(accountId)) {
        throw badInput('input.cloudlink.accountId', 'must be a 9-digit account number or a GUID.');
      }
      return sessions.signIn({
        ...(cloudlink && { cloudlink: { ...cloudlink, accountId } }),
        ...(subscriber && { subscriber: { ...subscriber, passcode: subscriber.passcode ?? undefined } }),
      });
    },
  }),
  renewConnection: t.field({
    type: RenewConnectionPayload,
    description:
      'Hands new tokens over on a WebSocket whose client passes tokens of the platforms through, before the old ones end: ' +
      'its subscriptions go on and miss nothing. FORBIDDEN for tokens of anybody else, BAD_REQUEST over HTTP, where every ' +
      'request brings its own. A session needs none of this. Costs one upstream request for each token, which proves it.',
    args: { input: t.arg({ type: RenewConnectionInput, required: true, description: 'The new tokens.' }) },
    resolve: async (_root, { input: { cloudlinkToken = null, subscriberToken = null } }, { renew }) => {
      if (renew === null) throw notASocket();
      if (cloudlinkToken === null && subscriberToken === null)
        throw badInput('input', 'must hold `cloudlinkToken`, `subscriberToken` or both.');
      return { expiresAt: await renew({ cloudlink: cloudlinkToken, subscriber: subscriberToken }) };
    },
  }),
  signOut: t.boolean({
    nullable: false,
    description:
      'Ends the session whose token was sent as the bearer, and says whether there was one. Costs one upstream request when ' +
      'the session has a part of the legacy subscriber API, whose token is revoked.',
    resolve: (_root, _args, { sessions, sessionToken }) =>
      sessionToken === null ? false : sessions.signOut(sessionToken),
  }),
}));
