// Who gets in: the app registration that people sign in to, its two roles, and who holds them. A template of its own, for
// somebody who may register applications and assign their roles (Cloud Application Administrator).
extension microsoftGraphV1

@description('Address of the app: FUNCTION_URL of the deployment.')
param functionUrl string

@description('Object id of the identity: IDENTITY_OBJECT_ID of the deployment.')
param principalId string

@description('Object ids of users or groups that may read incidents and reports.')
param readers array = []

@description('Object ids of users or groups that may also decide: approve, release, restore, close, and set the switch.')
param responders array = []

var name = 'regain-${uniqueString(functionUrl)}'
var roles = {
  Reader: '3f0c7a52-6c1e-4c55-9b0e-0c1f5f2a7d11'
  Responder: '8a4d2b96-1e7f-4f0a-a6b3-5d9c2e8b4f22'
}
var signIn = 'b7c1e0d4-2f6a-4b8e-9d35-7a1c0e5f6b33'
var azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

resource registration 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: name
  displayName: 'Regain'
  signInAudience: 'AzureADMyOrg'
  identifierUris: ['api://${tenant().tenantId}/${name}']
  appRoles: [
    {
      id: roles.Reader
      value: 'Reader'
      displayName: 'Reader'
      description: 'May read incidents and reports.'
      allowedMemberTypes: ['User', 'Application']
      isEnabled: true
    }
    {
      id: roles.Responder
      value: 'Responder'
      displayName: 'Responder'
      description: 'May approve plans, let accounts in again, restore them, and stop all writing.'
      allowedMemberTypes: ['User']
      isEnabled: true
    }
  ]
  api: {
    requestedAccessTokenVersion: 2
    oauth2PermissionScopes: [
      {
        id: signIn
        value: 'user_impersonation'
        type: 'User'
        isEnabled: true
        adminConsentDisplayName: 'Use Regain'
        adminConsentDescription: 'Calls Regain in the name of the person who is signed in.'
        userConsentDisplayName: 'Use Regain'
        userConsentDescription: 'Calls Regain in your name.'
      }
    ]
    // A responder's command line: az account get-access-token
    preAuthorizedApplications: [{ appId: azureCli, delegatedPermissionIds: [signIn] }]
  }
  optionalClaims: {
    // Tells an application from a person, whatever role it holds.
    accessToken: [{ name: 'idtyp', essential: false, additionalProperties: [] }]
  }
  web: {
    redirectUris: ['${functionUrl}/.auth/login/aad/callback']
    implicitGrantSettings: { enableIdTokenIssuance: true }
  }
}

// The identity of the app vouches for the registration, so that there is no client secret to keep or to rotate.
resource voucher 'Microsoft.Graph/applications/federatedIdentityCredentials@v1.0' = {
  name: '${registration.uniqueName}/identity'
  audiences: ['api://AzureADTokenExchange']
  issuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
  subject: principalId
}

// Without one of the roles nobody gets a token at all.
resource application 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: registration.appId
  appRoleAssignmentRequired: true
}

resource reading 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [
  for reader in readers: {
    appRoleId: roles.Reader
    principalId: reader
    resourceId: application.id
  }
]

resource deciding 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [
  for responder in responders: {
    appRoleId: roles.Responder
    principalId: responder
    resourceId: application.id
  }
]

output SIGN_IN_CLIENT_ID string = registration.appId
output SIGN_IN_SCOPE string = 'api://${tenant().tenantId}/${name}/.default'
