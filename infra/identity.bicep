// Who the app is, towards Azure and towards Microsoft 365. There is no password or certificate to keep.

@description('Name of the managed identity.')
param name string

@description('Azure region.')
param location string

@description('Tags of each resource.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
  tags: tags
}

output name string = identity.name
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
