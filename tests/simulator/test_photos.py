"""The photo of a user: its measures, or one of the two ways in which there is none."""

import httpx

from tests.simulator.client import SYNCED, TAKEN_OVER, Client, code


async def test_a_photo_has_measures(simulator: Client) -> None:
    photo = (await simulator.get(f"/users/{TAKEN_OVER}/photo")).json()
    assert (photo["id"], photo["height"], photo["width"]) == ("648x648", 648, 648)


async def test_no_photo_is_refused_or_one_pixel_large(simulator: Client) -> None:
    assert code(await simulator.get(f"/users/{SYNCED}/photo")) == (404, "ImageNotFound")
    state = await simulator.state()
    state["tenant"]["behaviour"]["noPhoto"] = "one-pixel"
    await simulator.put_state(state)
    answer = await simulator.get(f"/users/{SYNCED}/photo")
    assert (answer.status_code, answer.json()["id"]) == (httpx.codes.OK, "1x1")


async def test_who_may_not_read_users_sees_no_photo(simulator: Client) -> None:
    await simulator.grant(graph=["Domain.Read.All"])
    assert code(await simulator.get(f"/users/{TAKEN_OVER}/photo")) == (403, "Authorization_RequestDenied")
