// The Function App on Flex Consumption: how it is reached, scaled, updated and set.

@description('Name of the Function App.')
param name string

@description('Azure region.')
param location string

@description('Tags of each resource.')
param tags object

@description('The identity that the app runs as.')
param identityName string

@description('The storage account that holds all state.')
param storageName string

@description('Container of the deployed package.')
param packages string

@description('Application Insights of the app.')
param insightsName string

@description('Log Analytics workspace of the platform\'s logs.')
param workspaceName string

@description('report-only or enforce.')
param mode string

@description('App settings over their defaults, by name.')
param policy object

@description('Instances kept ready for HTTP, for triage and for each containment step.')
param alwaysReady int

@description('Memory of an instance in MB.')
param instanceMemory int

@description('The most instances at once.')
param maximumInstances int

@description('RollingUpdate or Recreate.')
param updateStrategy string

@description('Client id of the app registration that people sign in to, empty where there is none yet.')
param signInClientId string

var registry = loadJsonContent('registry.json')

// Signing in needs no secret: the identity vouches for the app registration.
// https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad
var assertion = 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'

// docs/settings.md says what each of these is.
var settings = {
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  AzureWebJobsStorage__accountName: storage.name
  AzureWebJobsStorage__clientId: identity.properties.clientId
  AzureWebJobsStorage__credential: 'managedidentity'
  OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identity.properties.clientId
  REGAIN_IDENTITY_CLIENT_ID: identity.properties.clientId
  REGAIN_MODE: mode
  REGAIN_TENANT_ID: tenant().tenantId
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource plan 'Microsoft.Web/serverfarms@2025-05-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2025-05-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${packages}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: { name: 'python', version: '3.13' }
      scaleAndConcurrency: {
        alwaysReady: alwaysReady > 0 ? map(registry.alwaysReady, one => { name: one, instanceCount: alwaysReady }) : []
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: maximumInstances
      }
      siteUpdateStrategy: { type: updateStrategy }
    }
    siteConfig: {
      ftpsState: 'Disabled'
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2025-05-01' = {
  parent: site
  name: 'appsettings'
  properties: union(toObject(items(policy), one => one.key, one => string(one.value)), settings)
}

// No user name and password opens the deployment: only a token of Entra.
resource passwords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-05-01' = [
  for way in ['ftp', 'scm']: {
    parent: site
    name: way
    properties: { allow: false }
  }
]

// Whoever calls must have signed in, but for the doors, which have keys, because their callers cannot.
resource authentication 'Microsoft.Web/sites/config@2025-05-01' = if (!empty(signInClientId)) {
  parent: site
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true, runtimeVersion: '~1' }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
      excludedPaths: registry.openPaths
    }
    httpSettings: { requireHttps: true }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: signInClientId
          clientSecretSettingName: assertion
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: { allowedAudiences: [signInClientId] }
      }
    }
    login: { tokenStore: { enabled: true } }
  }
}

resource log 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'platform'
  scope: site
  properties: {
    workspaceId: workspace.id
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

output name string = site.name
output url string = 'https://${site.properties.defaultHostName}'
