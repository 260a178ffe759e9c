#Requires -Version 7.2
#Requires -Modules ExchangeOnlineManagement
<#
.SYNOPSIS
    Lets Regain's identity run the Exchange cmdlets that its steps need, and no others.

.DESCRIPTION
    Run it as a member of Organization Management, after Connect-ExchangeOnline, and with -WhatIf first: then it changes
    nothing and says what it would change. Run it again after an update, or when a step is switched on or off: it adds
    what is missing and takes away what is no longer needed.

    1. Makes the identity known to Exchange.
    2. Makes management roles that hold these cmdlets and nothing else, each a part of one of Exchange's own roles.
    3. Assigns them to a role group, whose only member is the identity.
    4. Gives the right to read mail headers, for the mailboxes of -MailboxFilter or for all.

    Exchange may need an hour until all of its servers know. Beside this, the identity needs the application permission
    Exchange.ManageAsApp, which permissions.bicep grants. An Entra role is not needed: docs/permissions.md.

.PARAMETER AppId
    Client id of the identity: the output IDENTITY_CLIENT_ID of the deployment.

.PARAMETER ObjectId
    Object id of the identity: IDENTITY_OBJECT_ID.

.PARAMETER Sets
    What is granted: mailbox, privileged or both.

.PARAMETER Off
    Steps that are switched off: what only they need is left out.

.PARAMETER MailboxFilter
    Which mailboxes' headers may be read, as an OPATH filter: "CustomAttribute1 -ne 'Private'". All, if left out.

.PARAMETER Parents
    Exchange's own roles that may be taken a part of. The first that has a cmdlet counts.

.EXAMPLE
    ./exchange.ps1 -AppId $appId -ObjectId $objectId -WhatIf

.LINK
    https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2
    https://learn.microsoft.com/exchange/permissions-exo/application-rbac
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [guid] $AppId,
    [Parameter(Mandatory)] [guid] $ObjectId,
    [ValidateSet('mailbox', 'privileged')] [string[]] $Sets = @('mailbox'),
    [string[]] $Off = @(),
    [string] $MailboxFilter = '',
    [string] $Name = 'Regain',
    [string[]] $Parents = @(
        'Mail Recipients', 'View-Only Recipients', 'View-Only Configuration', 'View-Only Audit Logs', 'Transport Rules',
        'Org Custom Apps', 'Org Marketplace Apps', 'Transport Hygiene', 'Security Admin', 'Role Management'
    )
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$Steps = [ordered]@{
# steps: begin (made from what the steps declare, by make docs)
    'triage' = @{
        Set = 'mailbox'
        Cmdlets = @('Get-Recipient')
        ApplicationRoles = @()
    }
    'clear-auto-reply' = @{
        Set = 'mailbox'
        Cmdlets = @('Get-MailboxAutoReplyConfiguration', 'Set-MailboxAutoReplyConfiguration')
        ApplicationRoles = @()
    }
    'disable-inbox-rules' = @{
        Set = 'mailbox'
        Cmdlets = @('Get-InboxRule', 'Get-SweepRule', 'Get-Mailbox', 'Get-AcceptedDomain', 'Get-Recipient', 'Disable-InboxRule', 'Enable-InboxRule', 'Disable-SweepRule', 'Enable-SweepRule')
        ApplicationRoles = @()
    }
    'disable-mail-protocols' = @{
        Set = 'mailbox'
        Cmdlets = @('Get-CASMailbox', 'Set-CASMailbox')
        ApplicationRoles = @()
    }
    'remove-delegates' = @{
        Set = 'mailbox'
        Cmdlets = @('Get-Mailbox', 'Set-Mailbox', 'Get-MailboxPermission', 'Add-MailboxPermission', 'Remove-MailboxPermission', 'Get-RecipientPermission', 'Add-RecipientPermission', 'Remove-RecipientPermission', 'Get-MailboxFolderStatistics', 'Get-MailboxFolderPermission', 'Add-MailboxFolderPermission', 'Set-MailboxFolderPermission', 'Remove-MailboxFolderPermission', 'Get-Recipient')
        ApplicationRoles = @()
    }
    'remove-forwarding' = @{
        Set = 'mailbox'
        Cmdlets = @('Get-Mailbox', 'Set-Mailbox')
        ApplicationRoles = @()
    }
    'remove-exchange-roles' = @{
        Set = 'privileged'
        Cmdlets = @('Get-ManagementRoleAssignment', 'New-ManagementRoleAssignment', 'Remove-ManagementRoleAssignment', 'Get-RoleGroupMember', 'Add-RoleGroupMember', 'Remove-RoleGroupMember')
        ApplicationRoles = @()
    }
    'review-roles' = @{
        Set = 'mailbox'
        Cmdlets = @('Get-ManagementRoleAssignment')
        ApplicationRoles = @()
    }
    'review-mailbox-settings' = @{
        Set = 'mailbox'
        Cmdlets = @('Get-Mailbox', 'Get-MailboxMessageConfiguration', 'Get-App', 'Get-TransportRule')
        ApplicationRoles = @()
    }
    'disable-devices' = @{
        Set = 'mailbox'
        Cmdlets = @('Get-MobileDevice', 'Get-CASMailbox', 'Set-CASMailbox')
        ApplicationRoles = @()
    }
    'review-audit-log' = @{
        Set = 'mailbox'
        Cmdlets = @('Get-AdminAuditLogConfig')
        ApplicationRoles = @()
    }
    'review-sent-items' = @{
        Set = 'mailbox'
        Cmdlets = @()
        ApplicationRoles = @('Application Mail.ReadBasic')
    }
    'unblock-sending' = @{
        Set = 'mailbox'
        Cmdlets = @('Get-BlockedSenderAddress', 'Remove-BlockedSenderAddress')
        ApplicationRoles = @()
    }
# steps: end
}

function Get-Parent([string] $Cmdlet) {
    $having = @(Get-ManagementRole -Cmdlet $Cmdlet | Where-Object IsRootRole | ForEach-Object { [string] $_.Name })
    $chosen = $Parents | Where-Object { $having -contains $_ } | Select-Object -First 1
    if (-not $chosen) {
        throw "No role of -Parents has $Cmdlet. These have it: $($having -join ', '). Add one of them to -Parents."
    }
    $chosen
}

function Set-Role([string] $Role, [string] $Parent, [string[]] $Cmdlets) {
    if (-not (Get-ManagementRole -Identity $Role -ErrorAction SilentlyContinue)) {
        if ($PSCmdlet.ShouldProcess($Role, "Make it of $Parent, with $($Cmdlets -join ', ')")) {
            New-ManagementRole -Name $Role -Parent $Parent -EnabledCmdlets $Cmdlets | Out-Null
        }
        return
    }
    $there = @(Get-ManagementRoleEntry -Identity "$Role\*" | ForEach-Object { [string] $_.Name })
    foreach ($cmdlet in $Cmdlets | Where-Object { $there -notcontains $_ }) {
        if ($PSCmdlet.ShouldProcess($Role, "Add $cmdlet")) { Add-ManagementRoleEntry -Identity "$Role\$cmdlet" | Out-Null }
    }
    foreach ($cmdlet in $there | Where-Object { $Cmdlets -notcontains $_ }) {
        if ($PSCmdlet.ShouldProcess($Role, "Remove $cmdlet")) {
            Remove-ManagementRoleEntry -Identity "$Role\$cmdlet" -Confirm:$false
        }
    }
}

function Set-Group([string[]] $Roles) {
    if (-not (Get-RoleGroup -Identity $Name -ErrorAction SilentlyContinue)) {
        if ($PSCmdlet.ShouldProcess($Name, "Make the role group, with $($Roles -join ', ')")) {
            New-RoleGroup -Name $Name -Roles $Roles -Description 'What Regain takes accounts back with' | Out-Null
        }
    }
    else {
        $assigned = @(Get-ManagementRoleAssignment -RoleAssignee $Name)
        $held = @($assigned | ForEach-Object { [string] $_.Role })
        foreach ($role in $Roles | Where-Object { $held -notcontains $_ }) {
            if ($PSCmdlet.ShouldProcess($Name, "Assign $role")) {
                New-ManagementRoleAssignment -SecurityGroup $Name -Role $role | Out-Null
            }
        }
        foreach ($one in $assigned | Where-Object { $Roles -notcontains [string] $_.Role }) {
            if ($PSCmdlet.ShouldProcess($Name, "Take $($one.Role) away")) {
                Remove-ManagementRoleAssignment -Identity $one.Identity -Confirm:$false
            }
        }
    }
    if ($PSCmdlet.ShouldProcess($Name, "Add the identity $ObjectId")) {
        try { Add-RoleGroupMember -Identity $Name -Member "$ObjectId" -BypassSecurityGroupManagerCheck }
        catch { if ("$_" -notmatch 'already a member|MemberAlreadyExists') { throw } }
    }
}

function Set-MailAccess([string[]] $Roles) {
    $scope = @{}
    if ($MailboxFilter -and $Roles) {
        $scope = @{ CustomResourceScope = "$Name mailboxes" }
        $there = Get-ManagementScope -Identity $scope.CustomResourceScope -ErrorAction SilentlyContinue
        if ($PSCmdlet.ShouldProcess($scope.CustomResourceScope, "Let it be the mailboxes with $MailboxFilter")) {
            if ($there) { Set-ManagementScope -Identity $scope.CustomResourceScope -RecipientRestrictionFilter $MailboxFilter }
            else { New-ManagementScope -Name $scope.CustomResourceScope -RecipientRestrictionFilter $MailboxFilter | Out-Null }
        }
    }
    foreach ($old in @(Get-ManagementRoleAssignment | Where-Object { [string] $_.Name -like "$Name Application *" })) {
        if ($PSCmdlet.ShouldProcess($old.Name, 'Remove, to make it anew if it is needed')) {
            Remove-ManagementRoleAssignment -Identity $old.Identity -Confirm:$false
        }
    }
    foreach ($role in $Roles) {
        if ($PSCmdlet.ShouldProcess($role, "Assign to the identity $ObjectId")) {
            New-ManagementRoleAssignment -Name "$Name $role" -App "$ObjectId" -Role $role @scope | Out-Null
        }
    }
}

if ((Get-OrganizationConfig).IsDehydrated) {
    throw 'Exchange makes no roles of its own here yet. Run Enable-OrganizationCustomization, and this an hour later.'
}
$unknown = @($Off | Where-Object { -not $Steps.Contains($_) })
if ($unknown) { Write-Warning "Not a step that needs Exchange: $($unknown -join ', ')." }
$running = @($Steps.GetEnumerator() | Where-Object { $Sets -contains $_.Value.Set -and $Off -notcontains $_.Key })
$cmdlets = @($running | ForEach-Object { $_.Value.Cmdlets } | Sort-Object -Unique)
$applicationRoles = @($running | ForEach-Object { $_.Value.ApplicationRoles } | Sort-Object -Unique)

if (-not (Get-ServicePrincipal -Identity "$ObjectId" -ErrorAction SilentlyContinue)) {
    if ($PSCmdlet.ShouldProcess("$ObjectId", 'Make the identity known to Exchange')) {
        New-ServicePrincipal -AppId "$AppId" -ObjectId "$ObjectId" -DisplayName $Name | Out-Null
    }
}
$byParent = $cmdlets | Group-Object { Get-Parent $_ }
foreach ($group in $byParent) { Set-Role "$Name $($group.Name)" $group.Name $group.Group }
Set-Group @($byParent | ForEach-Object { "$Name $($_.Name)" })
Set-MailAccess $applicationRoles
