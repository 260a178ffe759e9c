// From a risk that Entra ID Protection has found to the app's door: a rule over the logs of entra-logs.bicep, and the
// action group that knocks. Deploy it when the app is there: the key of the door is taken from the app itself.

@description('Azure region.')
param location string = resourceGroup().location

@description('The Function App: FUNCTION_APP of the deployment.')
param functionApp string

@description('Log Analytics workspace: WORKSPACE of the deployment.')
param workspaceName string

@description('Risk levels that start a response.')
param riskLevels array = ['high']

@description('Addresses that are told of each alert, too. Not the mailbox that may have been taken over.')
param mails array = []

// What the door reads the account from: an alert of Azure Monitor holds dimensions, and no rows.
var dimensions = ['UserId', 'UserPrincipalName', 'RiskEventType', 'RiskLevel']
var levels = join(map(riskLevels, level => '"${level}"'), ', ')
var query = 'AADUserRiskEvents | where ingestion_time() > ago(5m) | where RiskState in ("atRisk", "confirmedCompromised") and RiskLevel in (${levels})'

resource site 'Microsoft.Web/sites@2025-05-01' existing = {
  name: functionApp
}

resource door 'Microsoft.Web/sites/functions@2025-05-01' existing = {
  parent: site
  name: 'alerts_azure_monitor'
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource knock 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-regain'
  location: 'global'
  properties: {
    enabled: true
    groupShortName: 'regain'
    webhookReceivers: [
      {
        name: 'door'
        serviceUri: 'https://${site.properties.defaultHostName}/api/alerts/azure-monitor?code=${listKeys(door.id, door.apiVersion).default}'
        useCommonAlertSchema: true
      }
    ]
    emailReceivers: map(mails, mail => { name: mail, emailAddress: mail, useCommonAlertSchema: true })
  }
}

resource risk 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'regain-entra-risk'
  location: location
  kind: 'LogAlert'
  properties: {
    displayName: 'Regain: Entra ID Protection has found a risk'
    description: 'One alert for each user and detection. It starts a response in Regain.'
    enabled: true
    severity: 1
    scopes: [workspace.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT1H'
    autoMitigate: false
    // The table comes into being with its first row.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: map(dimensions, dimension => { name: dimension, operator: 'Include', values: ['*'] })
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: {
      actionGroups: [knock.id]
      // Only a rule that says so starts a response.
      customProperties: { regain: 'start' }
    }
  }
}
