import { deleteAccount, getAccount, listAccounts, putAccount } from './account.ts';
import { getClient, listClients, postClient } from './client.ts';
import { getContact, listContacts } from './contact.ts';
import { deleteMember, listMembers, postMember } from './group-member.ts';
import { deleteGroup, getGroup, listGroups, postGroup, putGroup } from './group.ts';
import { getOwnUser, listOwnUsers, postOwnUser, putOwnUser, putPassword } from './own-user.ts';
import { getPartner, listPartners, putPartner } from './partner.ts';
import {
  deleteStatement,
  getPolicy,
  getStatement,
  listPolicies,
  listStatements,
  postStatement,
} from './policy.ts';
import type { Service } from './service.ts';
import { deleteSite, getSite, listSites, postSite, putSite } from './site.ts';
import { accountTag, getOwnUserTag, userTag } from './tag.ts';
import { patchUsers } from './user-bulk.ts';
import { deleteUser, getUser, listUsers, postUser, putUser } from './user.ts';

/** Accounts and what is in them (facts §4). Groups and sites follow A-10. */
export const admin: Service = {
  name: 'admin',
  open: {
    'PUT /users/{email}/password': putPassword,
  },
  routes: {
    'GET /accounts': listAccounts,
    'GET /accounts/{accountId}': getAccount,
    'PUT /accounts/{accountId}': putAccount,
    'DELETE /accounts/{accountId}': deleteAccount,
    'GET /accounts/{accountId}/tags/{tagId}': accountTag.get,
    'PUT /accounts/{accountId}/tags/{tagId}': accountTag.put,
    'DELETE /accounts/{accountId}/tags/{tagId}': accountTag.delete,

    'GET /accounts/{accountId}/contacts': listContacts,
    'GET /accounts/{accountId}/contacts/{contactId}': getContact,

    'GET /accounts/{accountId}/users': listUsers,
    'POST /accounts/{accountId}/users': postUser,
    'PATCH /accounts/{accountId}/users': patchUsers,
    'GET /accounts/{accountId}/users/{userId}': getUser,
    'PUT /accounts/{accountId}/users/{userId}': putUser,
    'DELETE /accounts/{accountId}/users/{userId}': deleteUser,
    'GET /accounts/{accountId}/users/{userId}/tags/{tagId}': userTag.get,
    'PUT /accounts/{accountId}/users/{userId}/tags/{tagId}': userTag.put,
    'DELETE /accounts/{accountId}/users/{userId}/tags/{tagId}': userTag.delete,

    'GET /users': listOwnUsers,
    'POST /users': postOwnUser,
    'GET /users/{userId}': getOwnUser,
    'PUT /users/{userId}': putOwnUser,
    'GET /users/{userId}/tags/{tagId}': getOwnUserTag,

    'GET /accounts/{accountId}/clients': listClients,
    'POST /accounts/{accountId}/clients': postClient,
    'GET /accounts/{accountId}/clients/{clientId}': getClient,

    'GET /accounts/{accountId}/groups': listGroups,
    'POST /accounts/{accountId}/groups': postGroup,
    'GET /accounts/{accountId}/groups/{groupId}': getGroup,
    'PUT /accounts/{accountId}/groups/{groupId}': putGroup,
    'DELETE /accounts/{accountId}/groups/{groupId}': deleteGroup,
    'GET /accounts/{accountId}/groups/{groupId}/members': listMembers,
    'POST /accounts/{accountId}/groups/{groupId}/members': postMember,
    'DELETE /accounts/{accountId}/groups/{groupId}/members/{userId}': deleteMember,

    'GET /accounts/{accountId}/sites': listSites,
    'POST /accounts/{accountId}/sites': postSite,
    'GET /accounts/{accountId}/sites/{siteId}': getSite,
    'PUT /accounts/{accountId}/sites/{siteId}': putSite,
    'DELETE /accounts/{accountId}/sites/{siteId}': deleteSite,

    'GET /accounts/{accountId}/policies': listPolicies,
    'GET /accounts/{accountId}/policies/{policyId}': getPolicy,
    'GET /accounts/{accountId}/policies/{policyId}/statements': listStatements,
    'POST /accounts/{accountId}/policies/{policyId}/statements': postStatement,
    'GET /accounts/{accountId}/policies/{policyId}/statements/{statementId}': getStatement,
    'DELETE /accounts/{accountId}/policies/{policyId}/statements/{statementId}': deleteStatement,

    'GET /partners': listPartners,
    'GET /partners/{partnerId}': getPartner,
    'PUT /partners/{partnerId}': putPartner,
  },
};
