import { builder, orNull } from '../builder.ts';
import type { CloudlinkIdentity } from '../upstream/cloudlink/token.ts';
import type { SubscriberIdentity } from '../upstream/netsapiens/token.ts';
import { Account } from './account.ts';
import { Domain } from './domain.ts';
import { Subscriber } from './subscriber.ts';
import { SubscriberScope } from './subscriber-enums.ts';
import { User, UserRole } from './user.ts';

const CloudlinkEnvironment = builder.enumType('CloudlinkEnvironment', {
  description: 'Which CloudLink this gateway speaks to. Accounts live in one of them only.',
  values: {
    PRODUCTION: { value: 'production', description: 'Where customers are.' },
    SANDBOX: { value: 'sandbox', description: "Mitel's sandbox for developers." },
    CUSTOM: { value: 'custom', description: 'Addresses of its own.' },
  } as const,
});

const CloudlinkViewer = builder.objectRef<CloudlinkIdentity>('CloudlinkViewer').implement({
  description: 'Who the caller is in CloudLink. Source: the Authentication service, `GET /token`.',
  fields: (t) => ({
    environment: t.field({
      type: CloudlinkEnvironment,
      description: 'Which CloudLink this is.',
      resolve: (_identity, _args, { settings }) => settings.cloudlink?.environment ?? null,
    }),
    userId: t.exposeString('userId', { description: "CloudLink's own id of the user or client." }),
    user: t.field({
      type: User,
      description: 'The user; null for a client. Costs one upstream request.',
      resolve: ({ accountId, userId }, _args, context) =>
        accountId === null || userId === null
          ? null
          : User.getDataloader(context).load(`${accountId}/${userId}`).catch(orNull),
    }),
    account: t.field({
      type: Account,
      description: 'The account that was signed in to. Costs one upstream request.',
      resolve: ({ accountId }) => accountId,
    }),
    name: t.exposeString('name', { description: 'Full name.' }),
    email: t.exposeString('email', { description: 'E-mail address.' }),
    extension: t.exposeString('extension', { description: 'Extension number in the PBX.' }),
    languageCode: t.exposeString('languageCode', { description: 'Language, such as `en-US`.' }),
    role: t.field({
      type: UserRole.type,
      description: 'What the caller may do.',
      resolve: ({ role }) => UserRole.read(role),
    }),
    roleText: t.exposeString('role', { description: 'The role in the words of CloudLink.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When the token ends. A session renews it in time.',
    }),
  }),
});

const SubscriberViewer = builder.objectRef<SubscriberIdentity>('SubscriberViewer').implement({
  description: 'Who the caller is on the legacy platform. Source: `oauth2/read`.',
  fields: (t) => ({
    uid: t.exposeString('uid', {
      description: 'User and domain as the platform joins them, `1001@acme.12345.service`.',
    }),
    login: t.exposeString('login', { description: 'Login name.' }),
    name: t.exposeString('name', { description: 'Full name.' }),
    subscriber: t.field({
      type: Subscriber,
      description: 'The subscriber; null for an operator without one. Costs one upstream request.',
      resolve: ({ uid }, _args, context) => {
        const [, user, domain] = /^([^@/]+)@([^@/]+)$/.exec(uid ?? '') ?? [];
        return user === undefined || domain === undefined
          ? null
          : Subscriber.getDataloader(context).load(`${domain}/${user}`).catch(orNull);
      },
    }),
    domain: t.field({
      type: Domain,
      description:
        'The domain of the caller; null for an operator, whose domain is no tenant. Costs one upstream request.',
      resolve: ({ domain }, _args, context) =>
        domain === null ? null : Domain.getDataloader(context).load(domain).catch(orNull),
    }),
    domainName: t.exposeString('domain', { description: 'Name of the domain of the caller.' }),
    territory: t.exposeString('territory', { description: 'The reseller the caller belongs to.' }),
    scope: t.field({
      type: SubscriberScope.type,
      description: 'What the caller may do.',
      resolve: ({ scope }) => SubscriberScope.read(scope),
    }),
    scopeText: t.exposeString('scope', { description: 'The scope in the words of the platform.' }),
    apiVersion: t.exposeString('apiVersion', {
      description: 'Version of the platform, such as `40.1.3`, where it tells.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When the token ends. A session renews it in time.',
    }),
  }),
});

const Viewer = builder.objectRef<object>('Viewer').implement({
  description: 'Who is asking, on each of the platforms.',
  fields: (t) => ({
    cloudlink: t.field({
      type: CloudlinkViewer,
      description:
        'The caller in CloudLink; an UNAUTHENTICATED error without a good token. Costs one token request.',
      resolve: (_viewer, _args, { cloudlink }) => cloudlink.identity.read(),
    }),
    subscriber: t.field({
      type: SubscriberViewer,
      description:
        'The caller on the legacy platform; an UNAUTHENTICATED error without a good token. Costs one token request.',
      resolve: (_viewer, _args, { netsapiens }) => netsapiens.identity.read(),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: false,
    description:
      'Who is asking. Upstream is asked, so that the answer also tells whether the tokens are good.',
    resolve: () => ({}),
  }),
);
