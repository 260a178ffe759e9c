using './main.bicep'

// azd fills in the first two; set the others with `azd env set NAME VALUE`, or write them here.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'regain')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param mode = readEnvironmentVariable('REGAIN_MODE', 'report-only')
param signInClientId = readEnvironmentVariable('SIGN_IN_CLIENT_ID', '')

// Settings of docs/settings.md that are not to have their default, for example:
//   REGAIN_PROTECTED_ACCOUNTS: ['breakglass@contoso.com']
//   REGAIN_STEPS: { 'disable-devices': 'approve' }
param policy = {}
