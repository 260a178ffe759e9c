"""The ``claims`` table: which incident an account belongs to. One row an account, by its object id."""

from typing import Final

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from .errors import Conflict

_ROW: Final = "claim"


class Claims:
    """Insert-only: whoever writes the row first has the account."""

    def __init__(self, table: TableClient) -> None:
        self._table = table

    async def take(self, account_id: str, incident_id: str) -> str:
        """Claims the account for the incident. The id of the incident that has it: ours, or another's."""
        try:
            await self._table.create_entity({"PartitionKey": account_id, "RowKey": _ROW, "incident": incident_id})
        except ResourceExistsError:
            return await self.holder(account_id) or await self.take(account_id, incident_id)
        return incident_id

    async def holder(self, account_id: str) -> str | None:
        """The incident that has the account, None where none has."""
        try:
            entity = await self._table.get_entity(account_id, _ROW)
        except ResourceNotFoundError:
            return None
        return str(entity["incident"])

    async def give_back(self, account_id: str, incident_id: str) -> None:
        """Gives the account free, where the incident still has it. Safe to repeat."""
        try:
            entity = await self._table.get_entity(account_id, _ROW)
            if entity["incident"] == incident_id:
                await self._table.delete_entity(
                    entity, etag=entity.metadata["etag"], match_condition=MatchConditions.IfNotModified
                )
        except (ResourceModifiedError, ResourceNotFoundError):
            return

    async def take_over(self, account_id: str, incident_id: str, *, ended: str) -> None:
        """Takes the claim of an incident that has ended. Raises ``Conflict`` where it is no longer that one's."""
        try:
            entity = await self._table.get_entity(account_id, _ROW)
            if entity["incident"] != ended:
                raise Conflict(f"account {account_id}: the claim has changed hands")
            await self._table.update_entity(
                {**entity, "incident": incident_id},
                mode=UpdateMode.REPLACE,
                etag=entity.metadata["etag"],
                match_condition=MatchConditions.IfNotModified,
            )
        except (ResourceModifiedError, ResourceNotFoundError) as error:
            raise Conflict(f"account {account_id}: the claim has changed hands") from error
