// Sends what Entra ID Protection finds to the workspace. The setting belongs to the whole tenant, and takes a Security
// Administrator; Entra ID P2 is what finds anything.
@description('Log Analytics workspace: WORKSPACE of the deployment.')
param workspaceName string

@description('Name of the setting, beside others of the tenant.')
param name string = 'regain'

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource setting 'microsoft.aadiam/diagnosticSettings@2017-04-01' = {
  name: name
  scope: tenant()
  properties: {
    workspaceId: workspace.id
    logs: [
      { category: 'UserRiskEvents', enabled: true }
      { category: 'RiskyUsers', enabled: true }
    ]
  }
}
