// What the app may do in Microsoft 365: application permissions of its identity. A template of its own, for somebody who
// may grant them (Privileged Role Administrator), while others deploy the rest. It only adds: docs/permissions.md says
// how to take a permission away again.
extension microsoftGraphV1

@description('Object id of the identity: IDENTITY_OBJECT_ID of the deployment.')
param principalId string

@description('What is granted: base finds and contains an account, mailbox reaches Exchange and mail, privileged makes the app as powerful as an administrator.')
param sets array = ['base', 'mailbox']

@description('REGAIN_STEPS of the deployment: what only a step needs that is off is left out.')
param steps object = {}

@description('Whether exchange.ps1 gives the right to read mail headers, for chosen mailboxes. If not, it is granted here, for all.')
param mailThroughExchange bool = true

var permissions = loadJsonContent('permissions.json')
var running = filter(permissions.steps, one => (contains(steps, one.name) ? steps[one.name] : one.gate) != 'off')
var needed = union([], flatten(map(running, one => flatten(map(sets, set => one.graph[set])))))
var elsewhere = mailThroughExchange ? permissions.throughExchange : []
var granted = filter(needed, name => !contains(elsewhere, name))

resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: permissions.apps.graph
}

resource exchange 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: permissions.apps.exchange
}

resource protection 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: permissions.apps.protection
}

resource grants 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [
  for name in granted: {
    appRoleId: permissions.ids[name]
    principalId: principalId
    resourceId: graph.id
  }
]

// Opens the door to Exchange, and nothing behind it: that is the role group of exchange.ps1.
resource manageAsApp 'Microsoft.Graph/appRoleAssignedTo@v1.0' = if (contains(sets, 'mailbox') || contains(sets, 'privileged')) {
  appRoleId: permissions.manageAsApp
  principalId: principalId
  resourceId: exchange.id
}

// The same for Security & Compliance PowerShell, where the role groups of the Defender portal are.
resource manageProtectionAsApp 'Microsoft.Graph/appRoleAssignedTo@v1.0' = if (contains(sets, 'mailbox') || contains(sets, 'privileged')) {
  appRoleId: permissions.manageProtectionAsApp
  principalId: principalId
  resourceId: protection.id
}

output granted array = granted
