// Regain in Azure: one resource group, and in it all that the app needs to run. It reaches no tenant by itself: what it
// may do in Microsoft 365 is granted with permissions.bicep and exchange.ps1, who gets in with sign-in.bicep.
targetScope = 'subscription'

@description('Name of the deployment, in the names of its resources.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Azure region. It must offer Flex Consumption: az functionapp list-flexconsumption-locations')
param location string

@description('report-only: every alert is looked into and planned, nothing in the tenant is changed. enforce: plans are carried out.')
@allowed(['report-only', 'enforce'])
param mode string = 'report-only'

@description('App settings over their defaults, by the names in docs/settings.md: { REGAIN_STEPS: { \'block-sign-in\': \'approve\' } }')
param policy object = {}

@description('Instances kept ready for HTTP, for triage and for each containment step. With 1, contained takes seconds, and five instances cost $105 a month at 2048 MB ($26 at 512 MB) and their polls $21. With 0, nothing, and each hop may wait for a cold start.')
@minValue(0)
@maxValue(10)
param alwaysReady int = 1

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemory int = 2048

@description('The most instances at once: what bounds the bill in a flood.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('How a new version replaces the old one. RollingUpdate lets what runs end. Recreate kills it, where RollingUpdate cannot be had yet; work is taken up again within minutes either way.')
@allowed(['RollingUpdate', 'Recreate'])
param updateStrategy string = 'RollingUpdate'

@description('Client id of the app registration that sign-in.bicep has made. Without it nobody can sign in, and so nobody can decide.')
param signInClientId string = ''

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetention int = 90

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var packages = 'packages'

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-regain-${token}'
    location: location
    tags: tags
  }
}

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    name: 'regain-${token}'
    location: location
    tags: tags
    retention: logRetention
    principalId: identity.outputs.principalId
  }
}

module storage 'storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'stregain${token}'
    location: location
    tags: tags
    packages: packages
    principalId: identity.outputs.principalId
    workspaceName: monitoring.outputs.workspaceName
  }
}

module app 'app.bicep' = {
  name: 'app'
  scope: group
  params: {
    name: 'func-regain-${token}'
    location: location
    tags: tags
    identityName: identity.outputs.name
    storageName: storage.outputs.name
    packages: packages
    insightsName: monitoring.outputs.insightsName
    workspaceName: monitoring.outputs.workspaceName
    mode: mode
    policy: policy
    alwaysReady: alwaysReady
    instanceMemory: instanceMemory
    maximumInstances: maximumInstances
    updateStrategy: updateStrategy
    signInClientId: signInClientId
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output FUNCTION_APP string = app.outputs.name
output FUNCTION_URL string = app.outputs.url
output IDENTITY_CLIENT_ID string = identity.outputs.clientId
output IDENTITY_OBJECT_ID string = identity.outputs.principalId
output STORAGE_ACCOUNT string = storage.outputs.name
output WORKSPACE string = monitoring.outputs.workspaceName
